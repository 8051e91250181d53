using Sequence.Components;

namespace Sequence.Tasks.Tests;

/// <summary>Files of this repository, found from where the tests run.</summary>
internal static class Tree
{
    private static readonly string Root = Find();

    public static FilePath Data(string path) => new(path, Path.Combine(Root, "benchmarks", "data", path));

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Sequence.Framework.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("These tests run inside the repository.");
    }
}
