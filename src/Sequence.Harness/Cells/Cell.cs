using Sequence.Framework.Training;

namespace Sequence.Harness.Cells;

/// <summary>Where a cell stands.</summary>
public enum CellStatus
{
    /// <summary>Not begun.</summary>
    Pending,

    /// <summary>Begun, not finished: being trained, or interrupted and to be resumed from its checkpoint.</summary>
    Running,

    /// <summary>Finished; its result stands in its folder.</summary>
    Done,

    /// <summary>Ended by an error; the comparison went on without it.</summary>
    Failed,
}

/// <summary>One model with one seed on the comparison's task.</summary>
/// <param name="Model">The model's name in the comparison.</param>
/// <param name="Seed">Seed of initialisation, data order and dropout.</param>
public sealed record Cell(string Model, long Seed)
{
    /// <summary>Where it stands.</summary>
    public CellStatus Status { get; init; }

    /// <summary>Why it failed; null otherwise.</summary>
    public string? Reason { get; init; }

    /// <summary>What it found; null until it is done.</summary>
    public RunResult? Result { get; init; }

    /// <summary>Its run folder, relative to the comparison's.</summary>
    public string Folder => $"cells/{Model}-seed-{Seed}";

    /// <inheritdoc/>
    public override string ToString() => $"{Model}, seed {Seed}";
}
