using System.ComponentModel.DataAnnotations;
using Sequence.Components;
using Sequence.Kernels;
using Sequence.Kernels.Affine;
using Sequence.Kernels.Steps;
using Sequence.Mixers;
using Sequence.Scans;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Sequence.Mipt;

/// <summary>Options of <see cref="Mipt"/>.</summary>
public sealed record MiptOptions
{
    /// <summary>b_p at the start. At -2 the state forgets 12 % a token; at 0 it would forget half.</summary>
    [Range(-20.0, 20.0)]
    public double MeasurementBias { get; init; } = -2;

    /// <summary>Whether the output is W_o [Re(h); Im(h)] + b_o rather than Re(h).</summary>
    public bool OutputProjection { get; init; }
}

/// <summary>
/// MIPT-SSM (arXiv 2604.07716): a complex diagonal recurrence between rotation, which keeps the state's norm, and measurement, which
/// replaces the state by the current token.
/// <code>
/// p_t     = sigmoid(W_p x_t + b_p)                           [B, T, D]  measurement rate
/// theta_t = W_theta x_t + b_theta                            [B, T, D]  phase
/// u_t     = (W_r x_t + b_r) + i (W_i x_t + b_i)              [B, T, D]  complex input
/// h_t     = (1 - p_t) e^(i theta_t) h_(t-1) + p_t u_t        [B, T, D]  complex state, h_(-1) = 0
/// y_t     = Re(h_t)                                          [B, T, D]
/// </code>
/// An affine recurrence with E_t = (1 - p_t) e^(i theta_t), diagonal and complex, and f_t = p_t u_t. The state is h alone: 2 D numbers a row, in float32 or
/// wider.
/// </summary>
public sealed class Mipt : AffineLayer<ComplexDecay, ComplexState>, IInPlaceLayer<ComplexState>
{
    // W_p, W_theta, W_r, W_i: four D x D maps, one product
    [ComponentName(Name = "projection")]
    private readonly Linear _projection;

    [ComponentName(Name = "output")]
    private readonly Linear? _output;

    /// <summary>The maps start as four linear layers of the library do: uniform within 1 / sqrt(D).</summary>
    public Mipt(MiptOptions options, int width) : base("mipt")
    {
        _projection = nn.Linear(width, 4L * width);
        using (no_grad())
        using (NewDisposeScope())
            _projection.bias!.narrow(0, 0, width).fill_(options.MeasurementBias);
        _output = options.OutputProjection ? nn.Linear(2L * width, width) : null;
        RegisterComponents();
    }

    /// <summary>W_p x + b_p, whose sigmoid is p, [B, T, D] -> [B, T, D].</summary>
    internal Tensor MeasurementLogits(Tensor x) =>
        nn.functional.linear(x, _projection.weight!.narrow(0, 0, Width), _projection.bias!.narrow(0, 0, Width));

    private long Width => _projection.in_features;

    private ScalarType StateType => StateElement.Of(_projection.weight!.dtype);

    /// <inheritdoc/>
    public override ComplexState Start(int batch) => new(ComplexTensor.Zeros([batch, 1, Width], StateType, _projection.weight!.device));

    /// <inheritdoc/>
    public override IAffineSteps<ComplexDecay, ComplexState> Steps(Tensor x, SequenceContext context, RecentInputs recent)
    {
        var (T, z) = (x.shape[1], _projection.forward(x));
        return new RotationSteps(z, context.RealStarts(T, x.device), context.Padding(T, x.device), h => ReadOut(h, x.dtype));
    }

    private Tensor ReadOut(ComplexTensor h, ScalarType dtype) =>
        _output is null ? h.Re.to(dtype) : _output.forward(cat(new[] { h.Re, h.Im }, -1).to(dtype));

    /// <inheritdoc/>
    public void Step(Tensor x, ComplexState state, IReadOnlyList<Tensor> windows, Tensor output)
    {
        using var work = Workspace.Open();
        var D = (int)x.size(1);
        var z = work.Map(_projection, Vectors.Of(x));
        ComplexDiagonalStep.Run(z.Slice(0, D), z.Slice(D, D), z.Slice(2 * D, D), z.Slice(3 * D, D), state.Values);
        var re = Vectors.Of(state.Values.Re);
        if (_output is null)
        {
            re.CopyTo(Vectors.Of(output));
            return;
        }

        var h = work.Take(re, 2 * D);
        re.CopyTo(h.Slice(0, D));
        Vectors.Of(state.Values.Im).CopyTo(h.Slice(D, D));
        LinearMaps.Map(_output, h, Vectors.Of(output));
    }
}

/// <summary>Makes <see cref="Mipt"/>.</summary>
public sealed class MiptFactory : IComponentFactory<ScanLayer, MiptOptions>
{
    /// <inheritdoc/>
    public string Name => "mipt";

    /// <inheritdoc/>
    public string Description => "MIPT-SSM: a complex diagonal recurrence between rotation and measurement (arXiv 2604.07716).";

    /// <inheritdoc/>
    public ScanLayer Create(MiptOptions options, ComponentContext context) => new Mipt(options, context.Width);
}
