using TorchSharp;
using static TorchSharp.Tests.Operators.SpecialFunctions;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Operators;

/// <summary>Activations with parameters, and normalised exponentials.</summary>
internal static class ActivationTable
{
    public static Func<double[], double[]> Softmax => line =>
    {
        double whole = LogSumExp(line);
        return [.. line.Select(v => Math.Exp(v - whole))];
    };

    public static Func<double[], double[]> LogSoftmax => line =>
    {
        double whole = LogSumExp(line);
        return [.. line.Select(v => v - whole)];
    };

    public static double TanhGelu(double x) => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))));

    public static Func<double[], double[]> Glu => line => [.. line.Take(line.Length / 2).Select((v, i) => v * Sigmoid(line[(line.Length / 2) + i]))];

    public static CaseList Cases() => new()
    {
        { "leaky_relu", [Sample.X(65), (Scalar)0.1], g => g[0].Map(x => x > 0 ? x : 0.1 * x) },
        { "elu", [Sample.X(65), 0.7], g => g[0].Map(x => x > 0 ? x : 0.7 * (Math.Exp(x) - 1)) },
        { "elu", [Sample.X(65), (Scalar)0.7, (Scalar)1.1, (Scalar)0.9], g => g[0].Map(x => 1.1 * (x > 0 ? x : 0.7 * (Math.Exp(0.9 * x) - 1))) },
        { "celu", [Sample.X(65), (Scalar)0.7], g => g[0].Map(x => x > 0 ? x : 0.7 * (Math.Exp(x / 0.7) - 1)) },
        { "gelu", [Sample.X(65), Modules.GELU.Approximate.tanh], g => g[0].Map(TanhGelu) },
        { "gelu", [Sample.X(65), Modules.GELU.Approximate.none], g => g[0].Map(x => x * NormalCdf(x)) },
        { "hardtanh", [Sample.X(65), (Scalar)(-0.5), (Scalar)0.75], g => g[0].Map(x => Math.Clamp(x, -0.5, 0.75)) },
        { "threshold", [Sample.X(65), (Scalar)0.3, (Scalar)7.0], g => g[0].Map(x => x > 0.3 ? x : 7) },
        { "softplus", [Sample.X(65), 2.0, 20.0], g => g[0].Map(x => Math.Log(1 + Math.Exp(2 * x)) / 2) },
        { "glu", [Sample.X(3, 4), -1L], g => g[0].Along(-1, Glu) },
        { "glu", [Sample.X(4, 1), 0L], g => g[0].Along(0, Glu) },
        { "softmax", [Sample.X(2, 3, 5), 1L], g => g[0].Along(1, Softmax) },
        { "softmax", [Sample.X(1), 0L], g => g[0].Along(0, Softmax) },
        { "softmax", [Sample.X(3, 65), -1], g => g[0].Along(-1, Softmax) },
        { "softmax", [Sample.X(63), 0L, (ScalarType?)ScalarType.Float32], g => g[0].Along(0, Softmax), false },
        { "log_softmax", [Sample.X(2, 65), 1L], g => g[0].Along(1, LogSoftmax) },
        { "log_softmax", [Sample.X(64, 2) * 300, 0L], g => g[0].Along(0, LogSoftmax), true, true, true, 1e-8 },
    };
}
