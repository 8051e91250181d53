using Sequence.Benchmarks.Measuring;
using Sequence.Kernels;
using static TorchSharp.torch;

namespace Sequence.Benchmarks.Questions;

/// <summary>The delta rule in chunks, keys of length one.</summary>
/// <param name="setting">Where it is asked, and at which sizes.</param>
/// <param name="heads">H; heads are D / H wide.</param>
public sealed class DeltaRuleQuestion(Setting setting, long heads) : Question(setting)
{
    private const long Chunk = 64;

    private long Width => D / heads;

    /// <inheritdoc/>
    public override string Name => $"delta-rule/{heads}x{Width}";

    /// <inheritdoc/>
    public override string Script => "delta_rule.py";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Forms => ["chunked", "contiguous"];

    /// <inheritdoc/>
    public override IReadOnlyList<string> FormsOfOthers => ["fla"];

    /// <inheritdoc/>
    public override bool IsQuick => heads == Setting.Heads[0];

    /// <inheritdoc/>
    public override ICase Create(long T)
    {
        using var scope = NewDisposeScope();
        var B = Setting.Rows(T);
        manual_seed(1);
        var k = randn(B, T, heads, Width);
        return new OperationCase(
            Setting, T,
            new()
            {
                ["q"] = randn(B, T, heads, Width) / Math.Sqrt(Width), ["k"] = k / k.square().sum([-1], keepdim: true).sqrt(), ["v"] = randn(B, T, heads, Width),
                ["beta"] = rand(B, T, heads, 1), ["initial"] = randn(B, heads, Width, Width),
            },
            Compute, ending: new ScanEnding(Compute, outputs => new() { ["initial"] = outputs[1] }));
    }

    private static Tensor[] Compute(Func<string, Tensor> of)
    {
        var (y, last) = DeltaRuleScan.Run(of("q"), of("k"), of("v"), of("beta"), initial: of("initial"));
        return [y, last];
    }

    /// <summary>A token and head: three products and a triangle's solution with what it sees of its chunk, half a chunk on average, and three with the state; twice that backward.</summary>
    public override Load Load(long T, Pass pass) =>
        new(Bytes: (pass == Pass.Forward ? 4 : 11) * Setting.NumberBytes * Setting.Rows(T) * T * D, Flops: (pass == Pass.Forward ? 1 : 3) * Setting.Rows(T) * T * heads * (4 * Chunk * Width + 6 * Width * Width));
}
