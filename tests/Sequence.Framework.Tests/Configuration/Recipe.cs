using System.ComponentModel.DataAnnotations;
using Sequence.Components;

namespace Sequence.Framework.Configuration;

/// <summary>An options record with one of everything.</summary>
public sealed record Recipe
{
    public required string Title { get; init; }

    [Range(1, 65_536)]
    public int DModel { get; init; } = 64;

    public long Seed { get; init; } = 1;

    [Range(0.0, 1.0)]
    public double Warmup { get; init; } = 0.05;

    public bool TieEmbeddings { get; init; }

    public Oven Oven { get; init; }

    public int? Patience { get; init; }

    public string? Remark { get; init; }

    public FilePath? Vocabulary { get; init; }

    [MinLength(1)]
    public IReadOnlyList<Layer> Layers { get; init; } = [new(3)];

    public int[] Seeds { get; init; } = [];

    public IReadOnlyDictionary<string, double> Weights { get; init; } = new Dictionary<string, double>();

    public Layer? Top { get; init; }

    public ConfigNode? Later { get; init; }
}

/// <summary>A positional record.</summary>
public sealed record Layer(int Heads, string Shape = "round");

public enum Oven
{
    Off,
    FanOnly,
    TopAndBottom,
}
