namespace Sequence.Framework.Training;

/// <summary>The files of a run, by their names.</summary>
/// <param name="path">The folder.</param>
public sealed class RunFolder(string path)
{
    /// <summary>The folder, absolute.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>The resolved configuration.</summary>
    public string Config => At("config.json");

    /// <summary>Where the run began; later parts by <see cref="EnvironmentLog"/>.</summary>
    public string Environment => At("environment.json");

    /// <summary>One JSON object a line: every step, every evaluation.</summary>
    public string Metrics => At("metrics.jsonl");

    /// <summary>What to resume from.</summary>
    public string Checkpoints => At("checkpoints");

    /// <summary>What a finished run found.</summary>
    public string Result => At("result.json");

    /// <summary>The fitted tokenizer; not there where the task has none.</summary>
    public string Tokenizer => At("tokenizer.json");

    /// <summary>What the model was made for.</summary>
    public string Model => At("model.json");

    /// <summary>The parameters of the chosen checkpoint.</summary>
    public string Parameters => At("model.safetensors");

    /// <summary>Whether the run is finished.</summary>
    public bool HasResult => File.Exists(Result);

    /// <summary>Whether a run was begun here.</summary>
    public bool HasRun => File.Exists(Config);

    /// <summary>What the run found; null before its end.</summary>
    /// <exception cref="InvalidDataException">The file is malformed.</exception>
    public RunResult? ReadResult() => HasResult ? RunJson.Read<RunResult>(Result) : null;

    private string At(string name) => System.IO.Path.Combine(Path, name);
}
