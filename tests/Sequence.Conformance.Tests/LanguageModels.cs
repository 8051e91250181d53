using Sequence.Framework.Conformance;
using Sequence.Framework.Models;
using Sequence.Tasks;
using static TorchSharp.torch;

namespace Sequence.Conformance.Tests;

/// <summary>Small language models of installed mixers, not trained.</summary>
internal static class LanguageModels
{
    public const int Vocabulary = 17;

    /// <summary>A model of two blocks.</summary>
    /// <param name="mixer">Of both, in JSON.</param>
    /// <param name="seed">Of its parameters.</param>
    /// <param name="width">D.</param>
    public static SequenceModel Build(string mixer, long seed = 3, int width = Rows.Width)
    {
        manual_seed(seed);
        var options = Written($$"""{ "dModel": {{width}}, "norm": "rms", "blocks": [{ "repeat": 2, "mixer": {{mixer}} }] }""", file => Installed.Host.Load<ModelOptions>(file, []));
        var model = new SequenceModel(options, new ModelInterface(Vocabulary, Vocabulary, TargetKind.Token));
        model.eval();
        return model;
    }

    /// <summary>Reads what stands in a file.</summary>
    public static T Written<T>(string json, Func<string, T> read)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, json);
            return read(file);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
