using Sequence.Kernels.Affine;
using Sequence.Kernels.Chunks;
using Sequence.Mixers;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Tests;

public class OuterProductScanTests : IDisposable
{
    private const long B = 2, H = 3, K = 5, V = 4;

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => _scope.Dispose();

    /// <summary>How the decays of a case are drawn.</summary>
    public enum Decays
    {
        None,
        OneAHead,
        OneAChannel,

        /// <summary>l = -50 for every other token, nearly nothing for the rest.</summary>
        StrongAHead,
        StrongAChannel,
    }

    public static TheoryData<long, Decays, bool, bool, ScalarType> Cases
    {
        get
        {
            var cases = new TheoryData<long, Decays, bool, bool, ScalarType>();
            foreach (var T in (long[])[1, 2, 15, 16, 17, 63, 64, 65, 100, 129])
                foreach (var decays in Enum.GetValues<Decays>())
                    foreach (var initial in (bool[])[false, true])
                        foreach (var starts in (bool[])[false, true])
                            foreach (var dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
                                cases.Add(T, decays, initial, starts, dtype);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_chunked_form_equals_the_fold_in_outputs_states_and_gradients(long T, Decays decays, bool initial, bool starts, ScalarType dtype)
    {
        var inputs = Inputs(T, decays, initial, H);
        var begins = starts ? rand([B, T], float64, generator: new Generator(9)) < 0.1 : null;

        var expected = Differentiate(OuterProductScan.Fold, inputs, begins, ScalarType.Float64);
        var actual = Differentiate(OuterProductScan.Chunked, inputs, begins, dtype);

        Assert.Equal(expected.Count, actual.Count);
        foreach (var (e, a) in expected.Zip(actual))
            Tolerance.Same(e, a);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_fused_form_equals_the_fold_in_outputs_states_and_gradients(long T, Decays decays, bool initial, bool starts, ScalarType dtype)
    {
        var inputs = Inputs(T, decays, initial, H);
        var begins = starts ? rand([B, T], float64, generator: new Generator(9)) < 0.1 : null;

        var expected = Differentiate(OuterProductScan.Fold, inputs, begins, ScalarType.Float64);
        var actual = Differentiate(FusedOuterProductScan.Run, inputs, begins, dtype);

        Assert.Equal(expected.Count, actual.Count);
        foreach (var (e, a) in expected.Zip(actual))
            Tolerance.Same(e, a);
    }

    [Theory]
    [InlineData(Decays.None, 1, 1)]
    [InlineData(Decays.OneAHead, 16, 33)]
    [InlineData(Decays.OneAChannel, 33, 16)]
    [InlineData(Decays.OneAChannel, 64, 129)]
    [InlineData(Decays.StrongAHead, 40, 64)]
    [InlineData(Decays.StrongAChannel, 17, 65)]
    public void The_fused_form_equals_the_fold_at_any_width(Decays decays, long keys, long values)
    {
        var inputs = Inputs(100, decays, initial: true, H, keys, values);
        var begins = rand([B, 100], float64, generator: new Generator(9)) < 0.05;

        var expected = Differentiate(OuterProductScan.Fold, inputs, begins, ScalarType.Float64);
        foreach (var dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
        {
            foreach (var (e, a) in expected.Zip(Differentiate(FusedOuterProductScan.Run, inputs, begins, dtype)))
                Tolerance.Same(e, a);
        }
    }

    [Theory]
    [InlineData(Decays.OneAHead)]
    [InlineData(Decays.OneAChannel)]
    public void A_decay_of_minus_infinity_is_a_start(Decays decays)
    {
        var inputs = Inputs(100, decays, initial: true, H);
        var starts = rand([B, 100], float64, generator: new Generator(9)) < 0.1;

        var expected = Differentiate(FusedOuterProductScan.Run, inputs, starts, ScalarType.Float64);
        inputs[3] = inputs[3]!.masked_fill(starts.view(B, 100, 1, 1), double.NegativeInfinity);
        var actual = Differentiate(FusedOuterProductScan.Run, inputs, null, ScalarType.Float64);

        foreach (var (e, a) in expected.Zip(actual))
            Tolerance.Same(e, a);
    }

    [Theory]
    [InlineData(Decays.OneAHead)]
    [InlineData(Decays.OneAChannel)]
    public void Two_threads_give_what_one_gives_bit_for_bit(Decays decays)
    {
        var inputs = Inputs(2_000, decays, initial: true, H, keys: 40, values: 48);

        List<Tensor> On(int threads)
        {
            using var _ = new Threads(threads);
            return Differentiate(FusedOuterProductScan.Run, inputs, null, ScalarType.Float32);
        }

        foreach (var (one, two) in On(1).Zip(On(2)))
            Assert.True(one.eq(two).all().ToBoolean(), "Threads change a result.");
    }

    [Theory]
    [InlineData(Decays.OneAHead)]
    [InlineData(Decays.OneAChannel)]
    public void BFloat16_is_what_float32_gives_rounded(Decays decays)
    {
        var rounded = Inputs(100, decays, initial: true, H).Select((each, index) => index < 3 ? each!.to(bfloat16) : each!.to(float32)).ToArray();
        var generator = new Generator(3);
        var g = randn([B, 100, H, V], float32, generator: generator).to(bfloat16);

        List<Tensor> In(ScalarType dtype)
        {
            var x = rounded.Select((each, index) => each.to(index < 3 ? dtype : float32, copy: true).requires_grad_()).ToArray();
            var (y, last) = FusedOuterProductScan.Run(x[0], x[1], x[2], x[3], x[4]);
            return [y, last, .. autograd.grad([y, last], x, [g.to(dtype), ones_like(last)])];
        }

        foreach (var (wide, narrow) in In(float32).Zip(In(bfloat16)))
            Tolerance.Same(wide.to(narrow.dtype), narrow);
    }

    [Fact]
    public void Inputs_may_be_parts_of_wider_tensors()
    {
        var (packed, log, initial) = (randn(B, 65, H * (2 * K + V)), -rand(B, H, 65, 1).transpose(1, 2), randn(B, H, K, V));

        Tensor Gradient(Func<Tensor, Tensor> side)
        {
            var x = packed.clone().requires_grad_();
            var parts = x.split([H * K, H * K, H * V], -1).Select(part => side(part.unflatten(2, H, part.shape[2] / H))).ToArray();
            var (y, _) = FusedOuterProductScan.Run(parts[0], parts[1], parts[2], side(log), initial);
            y.transpose(1, 2).square().sum().backward();
            return x.grad!;
        }

        Tolerance.Same(Gradient(part => part.contiguous()), Gradient(part => part));
    }

#if TORCH_SYSTEM // with the packages an exception in a backward ends the process
    [Fact]
    public void The_fused_form_refuses_a_second_derivative()
    {
        var v = randn([1, 5, 2, 4]).requires_grad_();
        var (y, _) = FusedOuterProductScan.Run(randn([1, 5, 2, 3]), randn([1, 5, 2, 3]), v);

        var refusal = Assert.Throws<NotSupportedException>(() => autograd.grad([y.sum()], [v], create_graph: true));
        Assert.Contains("Chunked", refusal.Message, StringComparison.Ordinal);
    }
#endif

    [Theory]
    [InlineData(Decays.None, 1)]
    [InlineData(Decays.OneAHead, 65)]
    [InlineData(Decays.OneAChannel, 100)]
    public void Long_sequences_in_spans_equal_the_fold_in_outputs_states_and_gradients(Decays decays, long beyond)
    {
        var T = Spans.Length + beyond;
        var inputs = Inputs(T, decays, initial: true, H);
        var begins = rand([B, T], float64, generator: new Generator(9)) < 0.001;

        var expected = Differentiate(OuterProductScan.Fold, inputs, begins, ScalarType.Float64);
        var actual = Differentiate(OuterProductScan.Chunked, inputs, begins, ScalarType.Float64);

        foreach (var (e, a) in expected.Zip(actual))
            Tolerance.Same(e, a);
    }

    [Theory]
    [InlineData(Decays.None)]
    [InlineData(Decays.OneAHead)]
    public void Heads_may_share_queries_and_keys(Decays decays)
    {
        var inputs = Inputs(100, decays, initial: true, sharedHeads: 1);
        var repeated = inputs.ToArray();
        repeated[0] = inputs[0]!.expand(B, 100, H, K);
        repeated[1] = inputs[1]!.expand(B, 100, H, K);

        var (expected, expectedLast) = OuterProductScan.Fold(repeated[0]!, repeated[1]!, repeated[2]!, repeated[3], repeated[4]);
        foreach (var form in (Form[])[OuterProductScan.Fold, OuterProductScan.Chunked, FusedOuterProductScan.Run])
        {
            var (y, last) = form(inputs[0]!, inputs[1]!, inputs[2]!, inputs[3], inputs[4], null);
            Tolerance.Same(expected, y);
            Tolerance.Same(expectedLast, last);
        }
    }

    [Theory]
    [InlineData(Decays.None)]
    [InlineData(Decays.OneAHead)]
    [InlineData(Decays.StrongAChannel)]
    public void The_fold_equals_a_double_loop(Decays decays)
    {
        const int T = 7;
        var inputs = Inputs(T, decays, initial: true, H);
        var starts = zeros(B, T, @bool);
        starts[1, 3] = true;
        var (q, k, v, l, S0) = (inputs[0]!, inputs[1]!, inputs[2]!, inputs[3], inputs[4]!);

        var y = OuterProductScan.Fold(q, k, v, l, S0, starts).Y;

        for (var b = 0; b < B; b++)
        {
            for (var h = 0; h < H; h++)
            {
                var S = new double[K, V];
                for (var i = 0; i < K; i++)
                    for (var j = 0; j < V; j++)
                        S[i, j] = S0[b, h, i, j].ToDouble();
                for (var t = 0; t < T; t++)
                {
                    for (var i = 0; i < K; i++)
                    {
                        for (var j = 0; j < V; j++)
                        {
                            var decay = l is null ? 1 : Math.Exp(l[b, t, h, l.shape[3] == 1 ? 0 : i].ToDouble());
                            S[i, j] = (b == 1 && t == 3 ? 0 : decay * S[i, j]) + k[b, t, h, i].ToDouble() * v[b, t, h, j].ToDouble();
                        }
                    }

                    for (var j = 0; j < V; j++)
                        Assert.Equal(Enumerable.Range(0, (int)K).Sum(i => S[i, j] * q[b, t, h, i].ToDouble()), y[b, t, h, j].ToDouble(), tolerance: 1e-10);
                }
            }
        }
    }

    [Theory]
    [InlineData(Decays.OneAHead)]
    [InlineData(Decays.OneAChannel)]
    public void A_scan_goes_on_from_where_another_ended(Decays decays)
    {
        foreach (var form in (Form[])[OuterProductScan.Chunked, FusedOuterProductScan.Run])
            GoesOn(form, Inputs(100, decays, initial: false, H));
    }

    private static void GoesOn(Form form, Tensor?[] x)
    {
        var (whole, last) = form(x[0]!, x[1]!, x[2]!, x[3], null, null);
        var pieces = new List<Tensor>();
        Tensor? S = null;
        var begin = 0L;
        foreach (var length in (long[])[33, 1, 66])
        {
            var part = x.Select(each => each?.narrow(1, begin, length)).ToArray();
            (var y, S) = form(part[0]!, part[1]!, part[2]!, part[3], S, null);
            pieces.Add(y);
            begin += length;
        }

        Tolerance.Same(whole, cat(pieces, 1));
        Tolerance.Same(last, S!);
    }

    [Theory]
    [InlineData(Decays.None)]
    [InlineData(Decays.OneAHead)]
    [InlineData(Decays.OneAChannel)]
    public void Steps_are_the_recurrence_in_ragged_packed_rows(Decays decays)
    {
        const long T = 20;
        var x = Inputs(T, decays, initial: true, H);
        var starts = rand([B, T], float64, generator: new Generator(5)) < 0.2;
        var context = new SequenceContext { Lengths = [20, 13], Starts = starts };
        var steps = OuterProductSteps.Of(x[0]!, x[1]!, x[2]!, x[3], context, y => y.flatten(2, 3));
        var before = new TensorState(x[4]!.unsqueeze(1));

        var (output, last) = steps.Run(before);

        var (E, f) = (steps.Transition, steps.Input);
        var state = before;
        List<Tensor> states = [];
        for (var t = 0L; t < T; t++)
        {
            state = new Decay(E.Log.narrow(1, t, 1)).Act(state).Plus(new(f.Values.narrow(1, t, 1)));
            states.Add(state.Values);
        }

        var expected = steps.ReadOut(new(cat(states, 1)));
        Tolerance.Same(expected[0], output[0]);
        Tolerance.Same(expected[1].narrow(0, 0, 13), output[1].narrow(0, 0, 13));
        Tolerance.Same(state.Values, last.Values);
        Tolerance.Same(states[12][1], last.Values[1]);
    }

    private delegate (Tensor Y, Tensor Last) Form(Tensor q, Tensor k, Tensor v, Tensor? log, Tensor? initial, Tensor? starts);

    /// <summary>q, k, v, l, S, in float64; null where there is none.</summary>
    private static Tensor?[] Inputs(long T, Decays decays, bool initial, long sharedHeads, long keys = K, long values = V)
    {
        var generator = new Generator((ulong)T + 1);
        Tensor Draw(params long[] shape) => randn(shape, float64, generator: generator);
        Tensor? log = decays switch
        {
            Decays.None => null,
            Decays.OneAHead or Decays.StrongAHead => -Draw(B, T, H, 1).exp(),
            _ => -Draw(B, T, H, keys).exp(),
        };
        if (decays is Decays.StrongAHead or Decays.StrongAChannel)
            log = where((arange(T) % 2 == 0).view(1, T, 1, 1), full_like(log!, -50), log! * 0.01);
        return [Draw(B, T, sharedHeads, keys), Draw(B, T, sharedHeads, keys), Draw(B, T, H, values), log, initial ? Draw(B, H, keys, values) : null];
    }

    /// <summary>y, the last S, and the gradients of the inputs that there are.</summary>
    private static List<Tensor> Differentiate(Form form, Tensor?[] inputs, Tensor? starts, ScalarType dtype)
    {
        var x = inputs.Select(each => each?.to(dtype, copy: true).requires_grad_()).ToArray();
        var (y, last) = form(x[0]!, x[1]!, x[2]!, x[3], x[4], starts);
        var generator = new Generator(11);
        ((y * randn(y.shape, float64, generator: generator).to(dtype)).sum() + (last * randn(last.shape, float64, generator: generator).to(dtype)).sum()).backward();
        // where T = 1 and there is no initial state, l takes no part
        return [y, last, .. x.OfType<Tensor>().Select(each => each.grad ?? zeros_like(each))];
    }
}
