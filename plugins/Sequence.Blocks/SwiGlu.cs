using System.ComponentModel.DataAnnotations;
using Sequence.Components;
using Sequence.Kernels.Steps;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Sequence.Blocks;

/// <summary>Options of <see cref="SwiGlu"/>.</summary>
public sealed record SwiGluOptions
{
    /// <summary>Hidden width as a multiple of the model width, rounded up to a multiple of 8. At 8/3 it costs what an MLP with expansion 4 does.</summary>
    [Range(0.125, 64)]
    public double Expansion { get; init; } = 8.0 / 3;
}

/// <summary>Gated linear unit (arXiv 2002.05202): y = W_2 (silu(W_g x) * W_1 x), without biases.</summary>
public sealed class SwiGlu : ChannelMixer, IInPlaceMap
{
    // W_g and W_1, one product
    [ComponentName(Name = "gate_up")]
    private readonly Linear _gateUp;

    [ComponentName(Name = "down")]
    private readonly Linear _down;

    /// <summary>All maps start as the library's linear layers do: uniform within 1 / sqrt(fan in).</summary>
    public SwiGlu(SwiGluOptions options, int width) : base("swiglu")
    {
        var hidden = (long)Math.Ceiling(options.Expansion * width / 8) * 8;
        _gateUp = nn.Linear(width, 2 * hidden, hasBias: false);
        _down = nn.Linear(hidden, width, hasBias: false);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        var h = _gateUp.forward(input).chunk(2, -1);
        return _down.forward(nn.functional.silu(h[0]) * h[1]);
    }

    /// <inheritdoc/>
    public void Map(Tensor x, Tensor output)
    {
        using var work = Workspace.Open();
        var h = work.Map(_gateUp, Vectors.Of(x));
        var hidden = h.Width / 2;
        LinearMaps.Map(_down, h.Slice(hidden, hidden).TimesSilu(h.Slice(0, hidden)), Vectors.Of(output));
    }
}

/// <summary>Makes <see cref="SwiGlu"/>.</summary>
public sealed class SwiGluFactory : IComponentFactory<ChannelMixer, SwiGluOptions>
{
    /// <inheritdoc/>
    public string Name => "swiglu";

    /// <inheritdoc/>
    public string Description => "Gated linear unit with SiLU (arXiv 2002.05202).";

    /// <inheritdoc/>
    public ChannelMixer Create(SwiGluOptions options, ComponentContext context) => new SwiGlu(options, context.Width);
}
