using Sequence.Framework.Training;
using static TorchSharp.torch;

namespace Sequence.Benchmarks;

/// <summary>Where results go: named by what was asked, the machine and the month.</summary>
/// <param name="Json">The rows; null for none.</param>
/// <param name="Markdown">The page; null for none.</param>
internal sealed record ResultFiles(FileInfo? Json, FileInfo? Markdown)
{
    /// <summary>The files that were named, and, of a whole run, the usual ones in place of those that were not: a part of a run does not replace a whole one.</summary>
    public static ResultFiles Of(FileInfo? json, FileInfo? markdown, DirectoryInfo? folder, string name, bool isWhole)
    {
        if (folder is null || !isWhole)
            return new(json, markdown);
        var usual = Path.Combine(folder.FullName, $"{name}_{Machine()}_{TimeProvider.System.GetUtcNow():yyyyMM}");
        return new(json ?? new($"{usual}.json"), markdown ?? new($"{usual}.md"));
    }

    private static string Machine()
    {
        string[] makers = ["(r)", "(tm)", "amd", "intel", "cpu", "processor"];
        var name = makers.Aggregate(EnvironmentRecord.Take(CPU).Processor.ToLowerInvariant().Split('@')[0], (left, word) => left.Replace(word, "", StringComparison.Ordinal));
        return $"{Environment.ProcessorCount}-cores-{string.Join('-', name.Split(' ', StringSplitOptions.RemoveEmptyEntries))}";
    }
}
