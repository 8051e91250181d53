using Sequence.Kernels.Lanes;
using Sequence.Kernels.Steps;
using Sequence.Mixers;
using Sequence.Scans;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Sequence.Kernels;

/// <summary>
/// A causal depthwise convolution over the last w tokens,
/// <code>y_t = b + sum_(j=0..w-1) W_j u_(t-j)        u, y: [B, T, C]; W: [w, C]; b: [C]</code>
/// elementwise in the channels. Inputs from before the first token of a document are zero. The w - 1 inputs that later tokens still see are a
/// window of the layer's state.
/// </summary>
public sealed class ShortConvolution : nn.Module
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter _bias;

    /// <summary>Weights start as those of a depthwise convolution layer of the library do: uniform within 1 / sqrt(w).</summary>
    /// <param name="channels">C.</param>
    /// <param name="taps">w.</param>
    public ShortConvolution(long channels, int taps) : base("short_convolution")
    {
        using var gradients = no_grad();
        var bound = 1 / Math.Sqrt(taps);
        _weight = new Parameter(empty(taps, channels).uniform_(-bound, bound).DetachFromDisposeScope());
        _bias = new Parameter(empty(channels).uniform_(-bound, bound).DetachFromDisposeScope());
        RegisterComponents();
    }

    private int Past => (int)_weight.shape[0] - 1;

    /// <summary>The window before the first token, zeros [B, w - 1, C].</summary>
    public Tensor CreateWindow(int batch) => zeros(batch, Past, _weight.shape[1], _weight.dtype, _weight.device);

    /// <summary>Convolves u [B, T, C] with what came before it.</summary>
    /// <param name="u">Inputs.</param>
    /// <param name="context">Where documents begin.</param>
    /// <param name="recent">The layer's windows.</param>
    /// <param name="index">Which of them is this convolution's.</param>
    /// <param name="silu">Whether silu of the sums is to be given rather than the sums.</param>
    public Tensor Forward(Tensor u, SequenceContext context, RecentInputs recent, int index = 0, bool silu = false)
    {
        var positions = context.Starts is null ? null : context.DocumentPositions(u.shape[1], u.device, full([u.shape[0]], (long)Past, int64, u.device));
        var window = recent.Before(index);
        recent.Move(index, u, Past, context);
        return CausalConvolution.Run(u, window, _weight, _bias, positions, silu);
    }

    /// <summary>Convolves one token a row, u [B, C], with what came before it, and moves the window [B, w - 1, C] on in place.</summary>
    public Vectors Step(Workspace work, Vectors u, Tensor window)
    {
        var y = work.Take(u, u.Width);
        if (u.IsDouble)
            Step<double>(u, window, y);
        else
            Step<float>(u, window, y);
        GC.KeepAlive(window);
        return y;
    }

    private unsafe void Step<T>(Vectors u, Tensor window, Vectors y)
        where T : unmanaged
    {
        var past = (int)_weight.size(0) - 1;
        var channels = (int)_weight.size(1);
        if (u.Width != channels || window.numel() != (long)u.Batch * past * channels)
            throw new ArgumentException($"A window of {window.numel()} numbers is not [{u.Batch}, {past}, {channels}].", nameof(window));
        var recent = past == 0 ? null : StepMemory.Of<T>(window);
        for (var row = 0; row < u.Batch; row++)
        {
            var loop = new ConvolutionStep<T>(
                StepMemory.Of<T>(_weight), StepMemory.Of<T>(_bias), u.Row<T>(row), recent + (long)row * past * channels, past, channels, y.Row<T>(row));
            LaneWidth.Run<T, ConvolutionStep<T>>(ref loop, channels);
        }
    }
}
