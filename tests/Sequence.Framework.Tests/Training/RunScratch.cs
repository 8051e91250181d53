using System.Text.Json.Nodes;

namespace Sequence.Framework.Training;

/// <summary>Folders of runs that end with their test.</summary>
internal sealed class RunScratch : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("sequence-runs-").FullName;

    public string this[string name] => Path.Combine(_root, name);

    /// <summary>The lines of a run's metrics without what the clock says.</summary>
    public static string[] Metrics(string folder) => [.. File.ReadLines(new RunFolder(folder).Metrics).Select(line =>
    {
        var fields = JsonNode.Parse(line)!.AsObject();
        fields.Remove("seconds");
        return fields.ToJsonString();
    })];

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
