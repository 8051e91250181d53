using System.ComponentModel.DataAnnotations;
using Sequence.Components;
using Sequence.Kernels.Steps;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Sequence.Blocks;

/// <summary>The nonlinearity of an <see cref="Mlp"/>.</summary>
public enum Activation
{
    /// <summary>x Phi(x), exact.</summary>
    Gelu,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>x sigmoid(x).</summary>
    Silu,
}

/// <summary>Options of <see cref="Mlp"/>.</summary>
public sealed record MlpOptions
{
    /// <summary>Hidden width as a multiple of the model width.</summary>
    [Range(0.125, 64)]
    public double Expansion { get; init; } = 4;

    /// <summary>The nonlinearity.</summary>
    public Activation Activation { get; init; } = Activation.Gelu;
}

/// <summary>Two linear maps around a nonlinearity: y = W_2 f(W_1 x + b_1) + b_2, D -> expansion D -> D.</summary>
public sealed class Mlp : ChannelMixer, IInPlaceMap
{
    [ComponentName(Name = "up")]
    private readonly Linear _up;

    [ComponentName(Name = "down")]
    private readonly Linear _down;

    private readonly Activation _activation;

    /// <summary>Both maps start as the library's linear layers do: uniform within 1 / sqrt(fan in).</summary>
    public Mlp(MlpOptions options, int width) : base("mlp")
    {
        var hidden = Math.Max(1, (long)Math.Round(options.Expansion * width));
        _up = nn.Linear(width, hidden);
        _down = nn.Linear(hidden, width);
        _activation = options.Activation;
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        var h = _up.forward(input);
        return _down.forward(_activation switch
        {
            Activation.Gelu => nn.functional.gelu(h),
            Activation.Relu => nn.functional.relu(h),
            Activation.Silu => nn.functional.silu(h),
            _ => throw new InvalidOperationException($"Activation {_activation} has no formula."),
        });
    }

    /// <inheritdoc/>
    public void Map(Tensor x, Tensor output)
    {
        using var work = Workspace.Open();
        var h = work.Map(_up, Vectors.Of(x));
        LinearMaps.Map(
            _down,
            _activation switch
            {
                Activation.Gelu => h.Gelu(),
                Activation.Relu => h.Relu(),
                Activation.Silu => h.Silu(),
                _ => throw new InvalidOperationException($"Activation {_activation} has no formula."),
            },
            Vectors.Of(output));
    }
}

/// <summary>Makes <see cref="Mlp"/>.</summary>
public sealed class MlpFactory : IComponentFactory<ChannelMixer, MlpOptions>
{
    /// <inheritdoc/>
    public string Name => "mlp";

    /// <inheritdoc/>
    public string Description => "Two linear maps around a nonlinearity: the feed-forward layer of the Transformer (arXiv 1706.03762).";

    /// <inheritdoc/>
    public ChannelMixer Create(MlpOptions options, ComponentContext context) => new Mlp(options, context.Width);
}
