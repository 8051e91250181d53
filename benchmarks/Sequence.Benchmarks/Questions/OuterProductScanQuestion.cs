using Sequence.Benchmarks.Measuring;
using Sequence.Kernels;
using static TorchSharp.torch;

namespace Sequence.Benchmarks.Questions;

/// <summary>What the decay of an outer-product scan differs by.</summary>
public enum DecayWidth
{
    /// <summary>None: linear attention.</summary>
    None,

    /// <summary>One a head: RetNet, Mamba-2.</summary>
    Head,

    /// <summary>One a key channel: GLA.</summary>
    Channel,
}

/// <summary>The recurrence of linear attention and its kin, in chunks.</summary>
/// <param name="setting">Where it is asked, and at which sizes.</param>
/// <param name="decay">Its decay.</param>
/// <param name="heads">H; heads are D / H wide.</param>
public sealed class OuterProductScanQuestion(Setting setting, DecayWidth decay, long heads) : Question(setting)
{
    private const long Chunk = 64;

    private long Width => D / heads;

    /// <inheritdoc/>
    public override string Name => $"outer-product-scan/decay={decay.ToString().ToLowerInvariant()},{heads}x{Width}";

    /// <inheritdoc/>
    public override string Script => "outer_product_scan.py";

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
        Dictionary<string, Tensor> inputs = new()
        {
            ["q"] = randn(B, T, heads, Width) / Math.Sqrt(Width), ["k"] = randn(B, T, heads, Width), ["v"] = randn(B, T, heads, Width),
            ["initial"] = randn(B, heads, Width, Width),
        };
        if (decay != DecayWidth.None)
            inputs["log"] = -0.1 * rand(B, T, heads, decay == DecayWidth.Head ? 1 : Width);
        return new OperationCase(Setting, T, inputs, Compute, ending: new ScanEnding(Compute, outputs => new() { ["initial"] = outputs[1] }));
    }

    private Tensor[] Compute(Func<string, Tensor> of)
    {
        var (y, last) = OuterProductScan.Run(of("q"), of("k"), of("v"), decay == DecayWidth.None ? null : of("log"), of("initial"));
        return [y, last];
    }

    /// <summary>A token and head: two products with what it sees of its chunk, half a chunk on average, and two with the state; twice that backward.</summary>
    public override Load Load(long T, Pass pass) =>
        new(Bytes: (pass == Pass.Forward ? 4 : 11) * Setting.NumberBytes * Setting.Rows(T) * T * D, Flops: (pass == Pass.Forward ? 1 : 3) * Setting.Rows(T) * T * heads * (2 * Chunk * Width + 4 * Width * Width));
}
