namespace Sequence.Components;

/// <summary>Where in a model a component will stand. Components outside of a model (tasks, tokenizers, metrics) are made with <see cref="None"/>.</summary>
/// <param name="Width">Model width D.</param>
/// <param name="Layer">Index of the block, from 0.</param>
/// <param name="Depth">Number of blocks of the stack.</param>
public sealed record ComponentContext(int Width, int Layer, int Depth)
{
    /// <summary>Vectors in a state that the component works on: the chunk size c, for an <see cref="Scans.Aggregator"/>; 1 elsewhere.</summary>
    public int ChunkSize { get; init; } = 1;

    /// <summary>Not part of a model.</summary>
    public static ComponentContext None { get; } = new(0, 0, 0);
}
