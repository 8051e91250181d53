using Sequence.Benchmarks.Measuring;

namespace Sequence.Benchmarks.Questions;

/// <summary>A step of AdamW on the parameters of a Transformer of six layers, 512 wide, with 8,192 tokens.</summary>
/// <param name="setting">Where it is asked, and at which sizes.</param>
public sealed class AdamWQuestion(Setting setting) : Question(setting)
{
    /// <inheritdoc/>
    public override string Name => "adamw/23M";

    /// <inheritdoc/>
    public override string Script => "adamw.py";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Forms => ["foreach", "single"];

    /// <inheritdoc/>
    public override IReadOnlyList<long> Lengths => [1];

    /// <inheritdoc/>
    public override IReadOnlyList<long> QuickLengths => [1];

    /// <inheritdoc/>
    public override IReadOnlyList<Pass> Passes => [Pass.Step];

    /// <inheritdoc/>
    public override ICase Create(long T) => AdamWCase.OfTransformer(Setting);

    /// <summary>Parameter, gradient and both moments read; all but the gradient written.</summary>
    public override Load Load(long T, Pass pass) => new(Bytes: 7 * sizeof(float) * AdamWCase.TransformerCount);
}
