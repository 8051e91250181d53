using Sequence.Kernels.Affine;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Tests.Affine;

public sealed class DiagonalStepsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(65)]
    public void Wide_states_run_in_stretches_that_equal_the_fold_in_outputs_last_state_and_gradients(long T)
    {
        // 2 x 300 x 128 numbers a token: six tokens a stretch
        const long N = 300, E = 128;
        using var scope = NewDisposeScope();
        var generator = new Generator((ulong)T);
        List<Tensor> inputs =
        [
            -rand([2, T, E], float64, generator: generator), randn([2, T, E], float64, generator: generator),
            randn([2, T, N], float64, generator: generator), randn([2, N, E], float64, generator: generator),
        ];
        var weight = randn([2, T, E], float64, generator: generator);

        (List<Tensor> Outputs, List<Tensor> Gradients) Differentiate(bool closed)
        {
            List<Tensor> x = [.. inputs.Select(each => each.clone().requires_grad_())];
            var steps = new DiagonalSteps(new WideTokens(x[0], x[1], x[2]), read => read * 2);
            var (before, y, last) = (new TensorState(x[3].unsqueeze(1)), default(Tensor)!, default(Tensor)!);
            if (closed)
            {
                (y, var after) = steps.Run(before);
                last = after.Values;
            }
            else
            {
                var h = DiagonalScan.Fold(steps.Transition.Log, steps.Input.Values, x[3]);
                (y, last) = (steps.ReadOut(new TensorState(h)), h.narrow(1, T - 1, 1));
            }

            ((y * weight).sum() + last.square().sum()).backward();
            return ([y, last], [.. x.Select(each => each.grad!)]);
        }

        var (expected, expectedGradients) = Differentiate(closed: false);
        var (actual, gradients) = Differentiate(closed: true);

        foreach (var (e, a) in expected.Concat(expectedGradients).Zip(actual.Concat(gradients)))
            Tolerance.Same(e, a);
    }

    /// <summary>One decay a channel, what comes in spread over N states, and their sum read.</summary>
    private sealed record WideTokens(Tensor Decay, Tensor Write, Tensor Spread) : IDiagonalTokens
    {
        public long Count => Decay.shape[1];

        public Tensor Log => Decay.unsqueeze(2).expand(-1, -1, Spread.shape[2], -1);

        public Tensor Input => Spread.unsqueeze(3) * Write.unsqueeze(2);

        public Tensor Read(Tensor h) => h.sum([2]);

        public IDiagonalTokens Slice(long from, long to) =>
            new WideTokens(Decay.slice(1, from, to, 1), Write.slice(1, from, to, 1), Spread.slice(1, from, to, 1));
    }
}
