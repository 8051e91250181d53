using Sequence.Kernels.Affine;
using Sequence.Kernels.Chunks;
using Sequence.Mixers;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Tests;

public class LogScaledScanTests : IDisposable
{
    private const long B = 2, H = 3, K = 5, V = 4;

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => _scope.Dispose();

    public static TheoryData<long, double, bool, bool, ScalarType> Cases
    {
        get
        {
            var cases = new TheoryData<long, double, bool, bool, ScalarType>();
            foreach (var T in (long[])[1, 2, 63, 64, 65, 100, 129])
                foreach (var gates in (double[])[1, 30])
                    foreach (var initial in (bool[])[false, true])
                        foreach (var starts in (bool[])[false, true])
                            foreach (var dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
                                cases.Add(T, gates, initial, starts, dtype);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_chunked_form_equals_the_fold_in_outputs_states_and_gradients(long T, double gates, bool initial, bool starts, ScalarType dtype)
    {
        var inputs = Inputs(T, gates, initial);
        var begins = starts ? rand([B, T], float64, generator: new Generator(9)) < 0.1 : null;

        var expected = Differentiate(LogScaledScan.Fold, inputs, begins, ScalarType.Float64);
        var actual = Differentiate(LogScaledScan.Chunked, inputs, begins, dtype);

        Assert.Equal(expected.Count, actual.Count);
        foreach (var (e, a) in expected.Zip(actual))
            Tolerance.Same(e, a);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_fused_form_equals_the_fold_in_outputs_states_and_gradients(long T, double gates, bool initial, bool starts, ScalarType dtype)
    {
        var inputs = Inputs(T, gates, initial);
        var begins = starts ? rand([B, T], float64, generator: new Generator(9)) < 0.1 : null;

        var expected = Differentiate(LogScaledScan.Fold, inputs, begins, ScalarType.Float64);
        var actual = Differentiate(FusedLogScaledScan.Run, inputs, begins, dtype);

        Assert.Equal(expected.Count, actual.Count);
        foreach (var (e, a) in expected.Zip(actual))
            Tolerance.Same(e, a);
    }

    [Fact]
    public void Long_sequences_in_spans_equal_the_fold_in_outputs_states_and_gradients()
    {
        const long T = Spans.Length + 65;
        var inputs = Inputs(T, 30, initial: true);
        var begins = rand([B, T], float64, generator: new Generator(9)) < 0.001;

        var expected = Differentiate(LogScaledScan.Fold, inputs, begins, ScalarType.Float64);
        var actual = Differentiate(LogScaledScan.Chunked, inputs, begins, ScalarType.Float64);

        foreach (var (e, a) in expected.Zip(actual))
            Tolerance.Same(e, a);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(30)]
    public void The_fold_is_the_recurrence_without_scales(double gates)
    {
        var x = Inputs(20, gates, initial: false);
        var (q, k, v, l, i) = (x[0]!, x[1]!, x[2]!, x[3]!, x[4]!);

        var (y, scales, last) = LogScaledScan.Fold(q, k, v, l, i);
        var (expected, S) = OuterProductScan.Fold(q, k * i.exp(), v, l);

        Assert.True(expected.allclose(scales.exp() * y, rtol: 1e-9, atol: 0));
        Assert.True(S.allclose(last.Log.exp() * last.Values, rtol: 1e-9, atol: 0));
    }

    [Fact]
    public void Gates_beyond_every_number_format_give_the_same_as_gates_near_one()
    {
        var x = Inputs(100, 2, initial: false);

        foreach (var form in (Form[])[LogScaledScan.Chunked, FusedLogScaledScan.Run])
        {
            var plain = form(x[0]!, x[1]!, x[2]!, x[3]!, x[4]!, null, null);
            foreach (var offset in (double[])[-20_000, 20_000])
            {
                var moved = form(x[0]!, x[1]!, x[2]!, x[3]!, x[4]! + offset, null, null);
                Tolerance.Same(plain.Y, moved.Y);
                Tolerance.Same(plain.Scales + offset, moved.Scales);
            }
        }
    }

    [Fact]
    public void Zero_is_neutral_and_its_sums_have_no_gradient_that_is_not_a_number()
    {
        var some = new LogScaledState(new LogScaled(full([1, 1, 1, 1, 1], 3.0, float64).requires_grad_(), ones([1, 1, 1, K, V]).requires_grad_()));
        var zero = new LogScaledState(new LogScaled(some.Content.Log - double.PositiveInfinity, some.Content.Values * 0));

        var sum = zero.Plus(some).Plus(some.Zero()).Plus(zero.Plus(zero));
        sum.Content.Values.sum().backward();

        Assert.Equal(3, sum.Content.Log.ToDouble());
        Tolerance.Same(ones([1, 1, 1, K, V]), sum.Content.Values);
        Assert.True(some.Content.Log.grad!.isfinite().all().ToBoolean());
        Assert.True(some.Content.Values.grad!.isfinite().all().ToBoolean());
    }

    [Fact]
    public void Steps_are_the_recurrence_in_ragged_packed_rows()
    {
        const long T = 20;
        var x = Inputs(T, 30, initial: true);
        var starts = rand([B, T], float64, generator: new Generator(5)) < 0.2;
        var context = new SequenceContext { Lengths = [20, 13], Starts = starts };
        var steps = LogScaledSteps.Of(x[0]!, x[1]!, x[2]!, x[3]!, x[4]!, context, (y, scales) => cat(new[] { y, scales }, -1).flatten(2, 3));
        var before = new LogScaledState(new LogScaled(x[5]!.unsqueeze(1), x[6]!.unsqueeze(1)));

        var (output, last) = steps.Run(before);

        var (E, f) = (steps.Transition, steps.Input);
        var state = before;
        List<LogScaledState> states = [];
        for (var t = 0L; t < T; t++)
        {
            var input = new LogScaledState(new LogScaled(f.Content.Log.narrow(1, t, 1), f.Content.Values.narrow(1, t, 1)));
            state = new LogScaledDecay(E.Log.narrow(1, t, 1)).Act(state).Plus(input);
            states.Add(state);
        }

        var all = new LogScaledState(new LogScaled(cat([.. states.Select(each => each.Content.Log)], 1), cat([.. states.Select(each => each.Content.Values)], 1)));
        var expected = steps.ReadOut(all);
        Tolerance.Same(expected[0], output[0]);
        Tolerance.Same(expected[1].narrow(0, 0, 13), output[1].narrow(0, 0, 13));
        Tolerance.Same(state.Content.Values, last.Content.Values);
        Tolerance.Same(state.Content.Log, last.Content.Log);
        Tolerance.Same(states[12].Content.Values[1], last.Content.Values[1]);
    }

    private delegate (Tensor Y, Tensor Scales, LogScaled Last) Form(
        Tensor q, Tensor k, Tensor v, Tensor logForget, Tensor logInput, LogScaled? initial, Tensor? starts);

    /// <summary>q, k, v, l, i, m, R, in float64; null where there is no initial state. i is within +-gates.</summary>
    private static Tensor?[] Inputs(long T, double gates, bool initial)
    {
        var generator = new Generator((ulong)T + 1);
        Tensor Draw(params long[] shape) => randn(shape, float64, generator: generator);
        return
        [
            Draw(B, T, H, K), Draw(B, T, H, K), Draw(B, T, H, V), -Draw(B, T, H, 1).exp(), gates * (2 * rand([B, T, H, 1], float64, generator: generator) - 1),
            initial ? gates * Draw(B, H, 1, 1) : null, initial ? Draw(B, H, K, V) : null,
        ];
    }

    /// <summary>y, its scales, the last m and R, and the gradients of the inputs. The gates, as the scales, are float64 in every case.</summary>
    private static List<Tensor> Differentiate(Form form, Tensor?[] inputs, Tensor? starts, ScalarType dtype)
    {
        var x = inputs.Select((each, index) => each?.to(index is 3 or 4 or 5 ? ScalarType.Float64 : dtype, copy: true)).ToArray();
        foreach (var index in (int[])[0, 1, 2, 3, 4, 6])
            x[index]?.requires_grad_();
        var (y, scales, last) = form(x[0]!, x[1]!, x[2]!, x[3]!, x[4]!, x[5] is { } m ? new LogScaled(m, x[6]!) : null, starts);
        var generator = new Generator(11);
        ((y * randn(y.shape, float64, generator: generator).to(dtype)).sum() + (last.Values * randn(last.Values.shape, float64, generator: generator).to(dtype)).sum()).backward();
        Tensor[] results = [y, scales.to(dtype), last.Log.to(dtype), last.Values];
        return [.. results, .. new[] { 0, 1, 2, 3, 4, 6 }.Where(index => x[index] is not null).Select(index => (x[index]!.grad ?? zeros_like(x[index]!)).to(dtype))];
    }
}
