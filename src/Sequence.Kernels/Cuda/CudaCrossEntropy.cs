using System.Runtime.InteropServices;
using Sequence.Kernels.Losses;
using static TorchSharp.torch;

namespace Sequence.Kernels.Cuda;

/// <summary>
/// <see cref="ICrossEntropyRows"/> on a GPU (<c>cross_entropy.cu</c>): logits are read once for the loss and once for the gradient. Targets stay on the device, so nothing waits
/// for it, and one that is no class makes the loss NaN instead of an exception.
/// </summary>
internal sealed class CudaCrossEntropy : ICrossEntropyRows
{
    private const int Lanes = 32, Threads = 256;

    // a row up to here has a warp to itself, a longer one a block
    private const long MostOfAWarp = 32 * Lanes;

    private readonly (ScalarType Element, Device Device) _like;
    private readonly Tensor _targets;
    private readonly bool _isMean;
    private readonly long _ignored;
    private Rows _rows = null!;

    /// <inheritdoc cref="ICrossEntropyRows.Of"/>
    public CudaCrossEntropy(Tensor like, Tensor targets, nn.Reduction reduction, long ignored)
    {
        if (targets.device_type != like.device_type || targets.device_index != like.device_index)
            throw new ArgumentException($"The targets are on {targets.device}, the logits on {like.device}: move the targets there.", nameof(targets));
        (_like, _targets, _isMean, _ignored) = ((like.dtype, like.device), targets, reduction == nn.Reduction.Mean, ignored);
    }

    /// <summary>What it is compiled from.</summary>
    public static CudaProgram Program { get; } = new("cross_entropy.cu", _ => []);

    /// <inheritdoc/>
    public void Begin()
    {
        var (N, state) = (_targets.shape[0], StateElement.Of(_like.Element));
        _rows = new(_targets.contiguous(), empty(N, float64, _like.Device), empty(N, 2, state, _like.Device), empty([], float64, _like.Device));
        // gradients of rows are made before the last loss is known
        Total(loss: null);
    }

    /// <inheritdoc/>
    public void Add(Tensor logits, long first, Tensor? gradient)
    {
        var count = logits.shape[0];
        if (count + first > _targets.shape[0])
            throw new ArgumentException($"There are {_targets.shape[0]} targets for at least {count + first} rows.", nameof(logits));
        if (logits.numel() == 0)
            return;
        var part = _rows.Narrow(first, count);
        Launch("losses", logits, part, new());
        if (gradient is not null)
            Launch("gradients", logits, part, new() { Gradient = CudaMemory.Address(gradient) });
    }

    /// <inheritdoc/>
    public Tensor Loss()
    {
        var loss = empty([], StateElement.Of(_like.Element), _like.Device);
        Total(loss);
        return loss;
    }

    /// <inheritdoc/>
    public (Tensor Loss, List<Tensor> Kept) Forward(Tensor logits)
    {
        Begin();
        Add(logits, first: 0, gradient: null);
        return (Loss(), [logits, _rows.Targets, _rows.Losses, _rows.Shares, _rows.Scale]);
    }

    /// <inheritdoc/>
    public Tensor Backward(List<Tensor> kept, Tensor g)
    {
        var (logits, rows) = (kept[0], new Rows(kept[1], kept[2], kept[3], kept[4]));
        var gradient = empty_like(logits);
        if (logits.numel() > 0)
            Launch("gradients", logits, rows, new() { G = CudaMemory.Address(g), Gradient = CudaMemory.Address(gradient) });
        GC.KeepAlive(g);
        return gradient;
    }

    /// <inheritdoc/>
    public Tensor Times(Tensor gradient, Tensor g) => gradient * g.to(gradient.dtype);

    private void Total(Tensor? loss)
    {
        using var like = empty(0, _like.Element, _like.Device);
        Program.On(like).Launch("total", (1, 1), Threads, Of(_rows, new() { Loss = CudaMemory.Address(loss), IsMean = _isMean ? 1 : 0 }));
        GC.KeepAlive(loss);
    }

    private void Launch(string kernel, Tensor logits, Rows rows, Arguments more)
    {
        var (N, V) = (logits.shape[0], logits.shape[1]);
        var size = V <= MostOfAWarp ? Lanes : Threads;
        var blocks = (N * size + Threads - 1) / Threads;
        Program.On(logits).Launch($"{kernel}_{size}", (blocks, 1), Threads, Of(rows, more with { Z = CudaMemory.Address(logits), V = V }));
        GC.KeepAlive((logits, rows));
    }

    private Arguments Of(Rows rows, Arguments more) => more with
    {
        Targets = CudaMemory.Address(rows.Targets), Losses = CudaMemory.Address(rows.Losses), Shares = CudaMemory.Address(rows.Shares), Scale = CudaMemory.Address(rows.Scale),
        N = rows.Targets.shape[0], Ignored = _ignored,
    };

    /// <summary>Of some rows: y [N] side by side; losses [N]; the largest logit and the share of one as large, [N, 2]; and s.</summary>
    private sealed record Rows(Tensor Targets, Tensor Losses, Tensor Shares, Tensor Scale)
    {
        public Rows Narrow(long first, long count) =>
            first == 0 && count == Targets.shape[0] ? this : new(Targets.narrow(0, first, count), Losses.narrow(0, first, count), Shares.narrow(0, first, count), Scale);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Arguments
    {
        public IntPtr Z, Targets, Losses, Shares, Scale, Loss, G, Gradient;
        public long N, V, Ignored;
        public int IsMean;
    }
}
