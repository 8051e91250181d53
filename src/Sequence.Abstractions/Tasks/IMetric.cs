using static TorchSharp.torch;

namespace Sequence.Tasks;

/// <summary>A figure of merit, accumulated over batches.</summary>
public interface IMetric
{
    /// <summary>Its name in reports.</summary>
    string Name { get; }

    /// <summary>Whether a larger value is better.</summary>
    bool HigherIsBetter { get; }

    /// <summary>Adds a batch: logits [B, C] with targets [B], or [B, T, C] with [B, T]; <see cref="Example.Ignored"/> targets do not count.</summary>
    void Add(Tensor logits, Tensor targets);

    /// <summary>The value over everything added; NaN before the first target.</summary>
    double Value { get; }
}
