using Sequence.Components;
using Sequence.Mixers;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance;

/// <summary>
/// A mixer to be judged: how it is made, where it is tried, and the seed that its weights and its inputs D wide are drawn from. The same
/// seed shows the same errors.
/// </summary>
public sealed class Candidate
{
    private readonly Func<ComponentContext, SequenceMixer> _create;

    /// <summary>A mixer at the first width that it accepts.</summary>
    /// <param name="create">Makes it on the CPU in float32.</param>
    /// <param name="device">Where the laws try it.</param>
    /// <param name="seed">Of weights and inputs.</param>
    /// <param name="ownWidth">A width that it is known to accept; null where none is.</param>
    /// <param name="elementType">In which element type it is tried: float32, and float64 where that tells more, or bfloat16.</param>
    /// <exception cref="ArgumentException">It accepts no width; the message is what it says of the last.</exception>
    public Candidate(Func<ComponentContext, SequenceMixer> create, Device device, long seed, int? ownWidth = null, ScalarType elementType = ScalarType.Float32)
    {
        (_create, Device, Seed, ElementType) = (create, device, seed, elementType);
        var widths = ownWidth is { } known ? [.. Conformance.Width.Usual.Where(width => width < known), known] : Conformance.Width.Usual;
        (Width, var made) = Conformance.Width.First(width => MakeAt(width, ScalarType.Float32, seed), widths);
        made.Dispose();
    }

    /// <summary>D.</summary>
    public int Width { get; }

    /// <summary>Where it is tried.</summary>
    public Device Device { get; }

    /// <summary>What weights and inputs are drawn from.</summary>
    public long Seed { get; }

    /// <summary>In which element type it is tried: what mixers and inputs are made in where nothing else is said.</summary>
    public ScalarType ElementType { get; }

    /// <summary>Every element type that it is tried in by laws that mean the same in each: beside float32 float64, which leaves no room for anything but rounding.</summary>
    public IReadOnlyList<ScalarType> ElementTypes => ElementType == ScalarType.Float32 ? [ScalarType.Float32, ScalarType.Float64] : [ElementType];

    /// <summary>Makes the mixer, in evaluation mode; the caller owns it.</summary>
    /// <param name="dtype">Element type; null for <see cref="ElementType"/>.</param>
    /// <param name="seed">Where its weights are drawn from; null for <see cref="Seed"/>.</param>
    public SequenceMixer Make(ScalarType? dtype = null, long? seed = null) => MakeAt(Width, dtype ?? ElementType, seed ?? Seed);

    /// <summary>The same mixer in float64, of the same weights; the caller owns it.</summary>
    public SequenceMixer Widened(SequenceMixer mixer)
    {
        var wide = Make(ScalarType.Float64);
        using var gradients = no_grad();
        foreach (var (weight, known) in wide.parameters().Zip(mixer.parameters()))
            weight.copy_(known);
        return wide;
    }

    /// <summary>Standard normal inputs [B, T, D].</summary>
    /// <param name="B">Rows.</param>
    /// <param name="T">Tokens a row.</param>
    /// <param name="dtype">Element type; null for <see cref="ElementType"/>.</param>
    /// <param name="draw">Which of the inputs of this shape.</param>
    public Tensor Inputs(long B, long T, ScalarType? dtype = null, int draw = 0)
    {
        using var generator = new Generator((ulong)(Seed * 100 + draw));
        return randn([B, T, Width], float64, generator: generator).to(dtype ?? ElementType).to(Device);
    }

    private SequenceMixer MakeAt(int width, ScalarType dtype, long seed)
    {
        manual_seed(seed);
        var mixer = _create(new ComponentContext(width, Layer: 0, Depth: 1));
        mixer.eval();
        if (dtype != ScalarType.Float32)
            mixer.to(dtype);
        if (Device.type != DeviceType.CPU)
            mixer.to(Device);
        return mixer;
    }
}
