using Sequence.Benchmarks.Measuring;
using Sequence.Framework.Training;
using Sequence.Kernels.Optim;
using static TorchSharp.torch;

namespace Sequence.Benchmarks.Questions;

/// <summary>
/// Parameters with gradients, and steps on them. What is compared after three steps with three gradients is p - p_0, m and v: each tensor's differences stand
/// beside the largest number of its own, where p alone would hide a step of a thousandth. The gradient of step s is g, rolled by s - 1 along its first dimension.
/// </summary>
public sealed class AdamWCase : ICase
{
    private const int CheckedSteps = 3;

    // as initial weights are: steps are not lost in the rounding of what they are added to
    private const double Spread = 0.1;

    private static readonly long[][] Layer = [[512], [512], [1_536, 512], [1_536], [512, 512], [512], [512], [512], [2_048, 512], [2_048], [512, 2_048], [512]];
    private static readonly long[][] Transformer = [[8_192, 512], .. Enumerable.Repeat(Layer, 6).SelectMany(shapes => shapes)];

    private readonly AdamWRates _rates;
    private readonly double _weightDecay;
    private readonly Tensor[] _parameters, _gradients;
    private readonly AdamWParameter[] _running;
    private long _steps;

    /// <param name="shapes">Of the parameters.</param>
    /// <param name="rates">Of the optimizer.</param>
    /// <param name="weightDecay">Of all parameters.</param>
    /// <param name="device">Where they are; null for the CPU.</param>
    public AdamWCase(IEnumerable<long[]> shapes, AdamWRates rates, double weightDecay, Device? device = null)
    {
        manual_seed(1);
        using var gradients = no_grad();
        (_rates, _weightDecay) = (rates, weightDecay);
        _parameters = [.. shapes.Select(shape => (Spread * randn(shape)).to(device ?? CPU).DetachFromDisposeScope())];
        _gradients = [.. _parameters.Select(parameter => randn_like(parameter).DetachFromDisposeScope())];
        _running = Fresh();
    }

    /// <summary>Numbers of all parameters of <see cref="OfTransformer"/>.</summary>
    public static double TransformerCount { get; } = Transformer.Sum(shape => shape.Aggregate((product, size) => product * size));

    /// <inheritdoc/>
    public string End => "";

    /// <summary>The parameters of a Transformer of six layers, 512 wide, with 8,192 tokens; rates as the peer has them.</summary>
    public static AdamWCase OfTransformer(Setting setting) => new(Transformer, new AdamWRates(1e-3, 0.9, 0.98), weightDecay: 0.01, setting.Device);

    /// <inheritdoc/>
    public void Run(Pass pass) => Step(_running, ++_steps, roll: 0);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> Results(Pass pass)
    {
        using var gradients = no_grad();
        var fresh = Fresh();
        for (var step = 1; step <= CheckedSteps; step++)
            Step(fresh, step, roll: step - 1);
        Dictionary<string, Tensor> results = [];
        foreach (var (index, (now, before)) in fresh.Zip(_parameters).Index())
        {
            results.Add($"change.{index}", now.Value - before);
            results.Add($"mean.{index}", now.Mean);
            results.Add($"square.{index}", now.Square);
        }

        return results;
    }

    /// <inheritdoc/>
    public void Save(string folder)
    {
        Write(folder, "parameters", _parameters);
        Write(folder, "gradients", _gradients);
    }

    /// <inheritdoc/>
    public (long All, long Made)? Bytes(Pass pass) => null;

    /// <inheritdoc/>
    public double? DifferenceOfPrefix(Pass pass, long tokens) => null;

    /// <inheritdoc/>
    public double? DifferenceOfEnd(IReadOnlyDictionary<string, Tensor> results) => null;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _parameters.Concat(_gradients).Concat(_running.SelectMany(each => new[] { each.Value, each.Mean, each.Square })))
            tensor.Dispose();
    }

    private static void Write(string folder, string name, Tensor[] tensors)
    {
        using var file = File.Create(Path.Combine(folder, $"{name}.safetensors"));
        Safetensors.Write(file, tensors.Index().ToDictionary(each => $"{each.Index:000}", each => each.Item));
    }

    private void Step(AdamWParameter[] parameters, long update, int roll)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        FusedAdamW.Step(
            [.. parameters.Select(parameter => parameter with { Update = update, Gradient = roll == 0 ? parameter.Gradient : parameter.Gradient.roll(roll, 0).contiguous() })],
            _rates);
    }

    private AdamWParameter[] Fresh() =>
        [.. _parameters.Zip(_gradients, (value, gradient) => new AdamWParameter(value.clone(), gradient, zeros_like(value), zeros_like(value), 1, _weightDecay))];
}
