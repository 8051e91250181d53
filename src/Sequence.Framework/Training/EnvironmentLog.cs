using System.Globalization;
using System.Text.Json.Nodes;

namespace Sequence.Framework.Training;

/// <summary>
/// Where each part of a run ran: <c>environment.json</c> is where it began, <c>environment-2.json</c> and so on where a resumed part found
/// something else than the part before it. A record is never overwritten while a checkpoint of its part may live on in the run.
/// </summary>
public static class EnvironmentLog
{
    private static readonly string[] Measured = ["gemm1024Gflops", "isSlow"];

    /// <summary>Whole records of a run, first to last; none before it began.</summary>
    /// <exception cref="InvalidDataException">A file is malformed.</exception>
    public static IReadOnlyList<JsonObject> Read(RunFolder folder) =>
        [.. Parts(folder).TakeWhile(File.Exists).Select(RunJson.Read<JsonObject>)];

    /// <summary>How two records differ, in words; speeds that were measured always do and do not count.</summary>
    public static IReadOnlyList<string> Differences(JsonObject was, JsonObject @is) => [.. JsonDifference.All(Stated(was), Stated(@is), "").Select(words => words[1..])];

    /// <summary>Records where a run begins or, <paramref name="resumed"/> from a checkpoint, where it goes on.</summary>
    internal static void Add(RunFolder folder, EnvironmentRecord record, bool resumed, ITrainingObserver observer)
    {
        var earlier = Read(folder);
        if (!resumed || earlier.Count == 0)
        {
            foreach (var file in Parts(folder).Skip(1).TakeWhile(File.Exists).ToList())
                File.Delete(file);
            RunJson.Write(folder.Environment, record);
            return;
        }

        var differences = Differences(earlier[^1], RunJson.Node(record));
        if (differences.Count == 0)
            return;

        var place = Parts(folder).ElementAt(earlier.Count);
        RunJson.Write(place, record);
        observer.Note($"The run goes on in another environment than before, recorded in {Path.GetFileName(place)}: {string.Join("; ", differences)}. Its numbers may differ from those of a run that was not interrupted.");
        if (Kind(earlier[^1]["device"]) is { } before && Kind(record.Device) is var now && before != now)
            observer.Note($"The part before ran on {before}, this one runs on {now}: its speed and memory are of neither alone.");
    }

    private static IEnumerable<string> Parts(RunFolder folder) => Enumerable.Range(1, int.MaxValue).Select(part => part == 1
        ? folder.Environment
        : Path.ChangeExtension(folder.Environment, null) + $"-{part.ToString(CultureInfo.InvariantCulture)}.json");

    private static JsonObject Stated(JsonObject record)
    {
        var stated = record.DeepClone().AsObject();
        foreach (var name in Measured)
            stated.Remove(name);
        return stated;
    }

    /// <summary>"cuda" of "cuda:0 NVIDIA H200".</summary>
    private static string? Kind(JsonNode? device) => device?.GetValue<string>().Split(':', ' ')[0];
}
