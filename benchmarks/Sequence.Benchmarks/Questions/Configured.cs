using Sequence.Framework.Configuration;

namespace Sequence.Benchmarks.Questions;

/// <summary>Configurations that stand in a question rather than in a file.</summary>
internal static class Configured
{
    /// <summary>JSON as a file of it would be read.</summary>
    public static ConfigNode Node(string json)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, json);
            return ConfigNode.Read(file);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
