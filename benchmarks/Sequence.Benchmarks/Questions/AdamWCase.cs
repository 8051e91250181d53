using Sequence.Benchmarks.Measuring;
using Sequence.Framework.Training;
using Sequence.Kernels.Optim;
using static TorchSharp.torch;

namespace Sequence.Benchmarks.Questions;

/// <summary>Parameters with gradients, and steps on them.</summary>
internal sealed class AdamWCase : ICase
{
    private const long D = 512;
    private const int Layers = 6;
    private const int CheckedSteps = 3;

    private static readonly AdamWRates Rates = new(1e-3, 0.9, 0.98);
    private static readonly long[][] Layer = [[D], [D], [3 * D, D], [3 * D], [D, D], [D], [D], [D], [4 * D, D], [4 * D], [D, 4 * D], [D]];
    private static readonly long[][] Shapes = [[8_192, D], .. Enumerable.Repeat(Layer, Layers).SelectMany(shapes => shapes)];

    private readonly Tensor[] _parameters, _gradients;
    private readonly AdamWParameter[] _running;
    private long _steps;

    public AdamWCase()
    {
        manual_seed(1);
        using var gradients = no_grad();
        _parameters = [.. Shapes.Select(shape => randn(shape))];
        _gradients = [.. Shapes.Select(shape => randn(shape))];
        _running = Fresh();
    }

    /// <summary>Numbers of all parameters.</summary>
    public static double Count { get; } = Shapes.Sum(shape => shape.Aggregate((product, size) => product * size));

    public void Run(Pass pass) => Step(_running, ++_steps);

    public IReadOnlyDictionary<string, Tensor> Results(Pass pass)
    {
        var fresh = Fresh();
        for (var step = 1; step <= CheckedSteps; step++)
            Step(fresh, step);
        return fresh.Index().ToDictionary(each => $"output.{each.Index}", each => each.Item.Value);
    }

    public void Save(string folder)
    {
        Write(folder, "parameters", _parameters);
        Write(folder, "gradients", _gradients);
    }

    public (long All, long Made)? Bytes(Pass pass) => null;

    public double? DifferenceOfPrefix(Pass pass, long tokens) => null;

    public void Dispose()
    {
        foreach (var tensor in _parameters.Concat(_gradients).Concat(_running.SelectMany(each => new[] { each.Value, each.Mean, each.Square })))
            tensor.Dispose();
    }

    private static void Step(AdamWParameter[] parameters, long update)
    {
        using var gradients = no_grad();
        FusedAdamW.Step([.. parameters.Select(parameter => parameter with { Update = update })], Rates);
    }

    private static void Write(string folder, string name, Tensor[] tensors)
    {
        using var file = File.Create(Path.Combine(folder, $"{name}.safetensors"));
        Safetensors.Write(file, tensors.Index().ToDictionary(each => $"{each.Index:000}", each => each.Item));
    }

    private AdamWParameter[] Fresh() =>
        [.. _parameters.Zip(_gradients, (value, gradient) => new AdamWParameter(value.clone(), gradient, zeros_like(value), zeros_like(value), 1, 0.01))];
}
