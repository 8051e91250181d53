namespace Sequence.EndToEnd.Tests;

/// <summary>A folder of its own for a test: small data, configurations, and the command that works in it.</summary>
public sealed class Workspace : IDisposable
{
    private const int TrainingRows = 120;
    private const int TestRows = 30;

    /// <summary>A task of two classes that one word tells apart, and two models for it.</summary>
    public Workspace()
    {
        Directory.CreateDirectory(Folder);
        Write("train.csv", Rows(TrainingRows, seed: 1));
        Write("test.csv", Rows(TestRows, seed: 2));
        Write("verse.txt", string.Concat(Enumerable.Repeat("the sea is deep, the sea is wide, the ship goes out upon the tide.\n", 60)));
        Write("task.json", """
            {
              "name": "text-classification",
              "train": "train.csv",
              "test": "test.csv",
              "tokenizer": { "name": "word", "lowerCase": true },
              "maxLength": 16,
              "validationRows": 20
            }
            """);
        Write("transformer.json", Model("""{ "name": "attention", "heads": 2 }"""));
        Write("mipt.json", Model("\"mipt\""));
        Write("compare.json", Comparison("[1, 2]", steps: 6));
    }

    /// <summary>The folder.</summary>
    public string Folder { get; } = Path.Combine(Path.GetTempPath(), $"sequence-{Guid.NewGuid():N}");

    /// <summary>The path of a file or folder in it.</summary>
    public string this[string name] => Path.Combine(Folder, name);

    /// <summary>Both models on the task.</summary>
    public static string Comparison(string seeds, int steps) => $$"""
        {
          "note": "Two tiny models.",
          "task": "task.json",
          "models": {
            "transformer": { "model": "transformer.json" },
            "mipt": { "model": "mipt.json", "training": { "learningRate": 0.005 } }
          },
          "seeds": {{seeds}},
          "training": { "steps": {{steps}}, "batchSize": 8, "learningRate": 0.002, "evaluateEvery": 50, "checkpointEvery": 10, "threads": 1 }
        }
        """;

    /// <summary>One model on the task.</summary>
    public static string Training(string model, int steps) => $$"""
        {
          "task": "task.json",
          "model": "{{model}}",
          "training": { "steps": {{steps}}, "batchSize": 8, "evaluateEvery": 50, "checkpointEvery": 10, "threads": 1 }
        }
        """;

    /// <summary>Writes a file.</summary>
    public void Write(string name, string text) => File.WriteAllText(this[name], text);

    /// <summary>Reads a file.</summary>
    public string Read(string name) => File.ReadAllText(this[name]);

    /// <summary>Runs the command to its end.</summary>
    public Outcome Run(params string[] arguments) => Start(arguments).End();

    /// <summary>Starts the command.</summary>
    public Running Start(params string[] arguments) => new(Folder, arguments);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static string Model(string mixer) => $$"""
        {
          "dModel": 16,
          "blocks": [{ "mixer": {{mixer}}, "channelMixer": "mlp" }],
          "norm": "rms",
          "readOut": "mean",
          "dropout": 0.1
        }
        """;

    private static string Rows(int count, int seed)
    {
        string[] words = ["a", "long", "story", "of", "men", "and", "ships", "in", "the", "north"];
        var random = new Random(seed);
        return string.Concat(Enumerable.Range(0, count).Select(row =>
        {
            var text = Enumerable.Range(0, random.Next(3, 12)).Select(_ => words[random.Next(words.Length)]).ToList();
            text[random.Next(text.Count)] = row % 2 == 0 ? "war" : "peace";
            return $"{row % 2 + 1},\"{string.Join(' ', text)}\"\n";
        }));
    }
}
