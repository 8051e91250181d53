using System.Diagnostics;
using Sequence.Benchmarks.Measuring;
using static TorchSharp.torch;

namespace Sequence.Benchmarks;

/// <summary>What does one call of an operator on 16 elements cost, beside PyTorch's Python on the same libtorch? One thread, no gradients.</summary>
internal static class OperatorOverhead
{
    public static IReadOnlyList<Row> Run(bool quick)
    {
        set_num_threads(1);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var peer = Peer.Start("operators.py");
        var rounds = quick ? 7 : 31;
        var calls = quick ? 5_000 : 20_000;
        List<Row> rows = [];
        foreach (var (name, call) in Operators())
        {
            var correct = Agrees(call, peer.Ask<double[]>($"value {name}"));
            var timed = SideBySide.Measure(rounds, () => Nanoseconds(call, calls), () => peer.Ask<double>($"time {name} {calls}"));
            rows.Add(new($"operator/{name}") { OursMs = timed.Median(0) / 1e6, Peer = "python", PeerMs = timed.Median(1) / 1e6, Ratio = timed.Ratio(1, over: 0), Correct = correct });
        }

        rows.Add(new("operator/geometric-mean")
        {
            Peer = "python", Ratio = Math.Exp(rows.Average(row => Math.Log(row.Ratio!.Value))), Correct = rows.All(row => row.Correct),
        });
        return rows;
    }

    private static Dictionary<string, Func<Tensor>> Operators()
    {
        var a = arange(16, dtype: float32);
        var b = a + 1;
        var m = a.view(4, 4);
        var w = ones(4);
        var z = zeros(4);
        var index = tensor(new long[] { 0, 2, 1, 3 });
        return new()
        {
            ["add"] = () => a + b,
            ["mul-scalar"] = () => a * 2.0,
            ["exp"] = () => exp(a),
            ["sigmoid"] = () => sigmoid(a),
            ["matmul"] = () => matmul(m, m),
            ["sum-dim"] = () => m.sum(1),
            ["softmax"] = () => m.softmax(1),
            ["layer-norm"] = () => nn.functional.layer_norm(m, [4], w, z),
            ["reshape"] = () => a.reshape(4, 4),
            ["transpose"] = () => m.transpose(0, 1),
            ["cat"] = () => cat([a, b], 0),
            ["index-select"] = () => m.index_select(0, index),
        };
    }

    private static double Nanoseconds(Func<Tensor> call, int calls)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < calls; i++)
            call().Dispose();
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / calls;
    }

    private static bool Agrees(Func<Tensor> call, double[] expected)
    {
        using var result = call().to(float64).flatten();
        var actual = result.data<double>().ToArray();
        return actual.Length == expected.Length && actual.Zip(expected).All(pair => Math.Abs(pair.First - pair.Second) <= 1e-5 * Math.Max(1, Math.Abs(pair.Second)));
    }
}
