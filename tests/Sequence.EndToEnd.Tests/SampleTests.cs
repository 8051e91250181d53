using System.Reflection;
using Sequence.EndToEnd.Tests.Samples;

namespace Sequence.EndToEnd.Tests;

/// <summary>What the README shows is what compiles, and what compiles runs.</summary>
public sealed class SampleTests(GenerateTests.Trained trained) : IClassFixture<GenerateTests.Trained>
{
    private static readonly string Repository = typeof(SampleTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(each => each.Key == "Repository").Value!;

    [Fact]
    public Task The_winner_is_used_from_a_program() => Winner.Use(trained.Workspace["runs/verse"], CancellationToken.None);

    [Fact]
    public void The_readme_shows_that_program()
    {
        const int Indent = 8;
        var lines = File.ReadAllLines(Path.Combine(Repository, "tests/Sequence.EndToEnd.Tests/Samples/Winner.cs")).ToList();
        var shown = lines.Take(lines.FindIndex(line => line.Trim() == "// end")).Skip(lines.FindIndex(line => line.Trim() == "// sample") + 1)
            .Select(line => line.Length > Indent ? line[Indent..] : line);

        Assert.Contains(string.Join('\n', shown).Trim(), File.ReadAllText(Path.Combine(Repository, "README.md")), StringComparison.Ordinal);
    }
}
