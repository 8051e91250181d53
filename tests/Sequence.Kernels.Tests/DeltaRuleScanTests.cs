using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Tests;

public class DeltaRuleScanTests : IDisposable
{
    private const long B = 2, H = 3, K = 5, V = 4;

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => _scope.Dispose();

    public static TheoryData<long, bool, bool, bool, ScalarType> Cases
    {
        get
        {
            var cases = new TheoryData<long, bool, bool, bool, ScalarType>();
            foreach (var T in (long[])[1, 2, 16, 17, 63, 64, 65, 100, 130])
                foreach (var decays in (bool[])[false, true])
                    foreach (var initial in (bool[])[false, true])
                        foreach (var starts in (bool[])[false, true])
                            foreach (var dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
                                cases.Add(T, decays, initial, starts, dtype);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_other_forms_equal_the_fold_in_outputs_states_and_gradients(long T, bool decays, bool initial, bool starts, ScalarType dtype)
    {
        var inputs = Inputs(T, decays, initial, K, V);
        var begins = starts ? rand([B, T], float64, generator: new Generator(9)) < 0.1 : null;

        var expected = Differentiate(DeltaRuleScan.Fold, inputs, begins, ScalarType.Float64);
        foreach (var form in (Form[])[DeltaRuleScan.Chunked, FusedDeltaRuleScan.Run])
        {
            var actual = Differentiate(form, inputs, begins, dtype);
            Assert.Equal(expected.Count, actual.Count);
            foreach (var (e, a) in expected.Zip(actual))
                Tolerance.Same(e, a);
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(16, 33)]
    [InlineData(33, 16)]
    [InlineData(64, 129)]
    public void The_fused_form_equals_the_fold_at_any_width(long keys, long values)
    {
        var inputs = Inputs(100, decays: true, initial: true, keys, values);
        var begins = rand([B, 100], float64, generator: new Generator(9)) < 0.05;

        var expected = Differentiate(DeltaRuleScan.Fold, inputs, begins, ScalarType.Float64);
        foreach (var dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
        {
            foreach (var (e, a) in expected.Zip(Differentiate(FusedDeltaRuleScan.Run, inputs, begins, dtype)))
                Tolerance.Same(e, a);
        }
    }

    [Fact]
    public void The_fold_is_the_affine_recurrence()
    {
        const long T = 7;
        var x = Inputs(T, decays: true, initial: true, K, V);
        var (q, k, v, beta, l, S) = (x[0]!, x[1]!, x[2]!, x[3]!, x[4]!, x[5]!);

        var (y, last) = DeltaRuleScan.Fold(q, k, v, beta, l, S);

        for (var t = 0L; t < T; t++)
        {
            var (k_t, b_t) = (k.select(1, t).unsqueeze(-1), beta.select(1, t).unsqueeze(-1));
            var E = l.select(1, t).exp().unsqueeze(-1) * (eye(K, dtype: float64) - b_t * k_t.matmul(k_t.transpose(-1, -2)));
            S = E.matmul(S) + b_t * k_t.matmul(v.select(1, t).unsqueeze(-2));
            Tolerance.Same(S.transpose(-1, -2).matmul(q.select(1, t).unsqueeze(-1)).squeeze(-1), y.select(1, t));
        }

        Tolerance.Same(S, last);
    }

    [Fact]
    public void A_key_reads_the_value_last_written_with_it()
    {
        var k = nn.functional.normalize(randn([1, 70, 1, 8], float64), p: 2, dim: -1);
        var v = randn([1, 70, 1, 3], float64);
        foreach (var form in (Form[])[DeltaRuleScan.Fold, DeltaRuleScan.Chunked, FusedDeltaRuleScan.Run])
            Tolerance.Same(v, form(k, k, v, ones([1, 70, 1, 1], float64), null, null, null).Y);
    }

    [Fact]
    public void Keys_that_are_all_alike_and_strong_decays_stay_finite()
    {
        var k = nn.functional.normalize(ones([1, 200, 1, 8]), p: 2, dim: -1);
        var v = randn([1, 200, 1, 3], float32);
        var log = where(arange(200).view(1, 200, 1, 1) % 2 == 0, tensor(-200f), tensor(0f));
        foreach (var form in (Form[])[DeltaRuleScan.Chunked, FusedDeltaRuleScan.Run])
            Tolerance.Same(DeltaRuleScan.Fold(k, k, v, full(1, 200, 1, 1, 1.9f), log).Y, form(k, k, v, full(1, 200, 1, 1, 1.9f), log, null, null).Y);
    }

    [Fact]
    public void A_scan_goes_on_from_where_another_ended()
    {
        var x = Inputs(100, decays: true, initial: false, K, V);
        var (whole, last) = FusedDeltaRuleScan.Run(x[0]!, x[1]!, x[2]!, x[3]!, x[4]);
        var pieces = new List<Tensor>();
        Tensor? S = null;
        var begin = 0L;
        foreach (var length in (long[])[33, 1, 66])
        {
            var part = x.Select(each => each?.narrow(1, begin, length)).ToArray();
            (var y, S) = FusedDeltaRuleScan.Run(part[0]!, part[1]!, part[2]!, part[3]!, part[4], S);
            pieces.Add(y);
            begin += length;
        }

        Tolerance.Same(whole, cat(pieces, 1));
        Tolerance.Same(last, S!);
    }

    [Fact]
    public void Two_threads_give_what_one_gives_bit_for_bit()
    {
        var inputs = Inputs(2_000, decays: true, initial: true, 40, 48);

        List<Tensor> On(int threads)
        {
            using var _ = new Threads(threads);
            return Differentiate(FusedDeltaRuleScan.Run, inputs, null, ScalarType.Float32);
        }

        foreach (var (one, two) in On(1).Zip(On(2)))
            Assert.True(one.eq(two).all().ToBoolean(), "Threads change a result.");
    }

    [Fact]
    public void BFloat16_is_what_float32_gives_rounded()
    {
        var rounded = Inputs(100, decays: true, initial: true, K, V).Select((each, index) => index < 3 ? each!.to(bfloat16) : each!.to(float32)).ToArray();
        var g = randn([B, 100, H, V], float32, generator: new Generator(3)).to(bfloat16);

        List<Tensor> In(ScalarType dtype)
        {
            var x = rounded.Select((each, index) => each.to(index < 3 ? dtype : float32, copy: true).requires_grad_()).ToArray();
            var (y, last) = FusedDeltaRuleScan.Run(x[0], x[1], x[2], x[3], x[4], x[5]);
            return [y, last, .. autograd.grad([y, last], x, [g.to(dtype), ones_like(last)])];
        }

        foreach (var (wide, narrow) in In(float32).Zip(In(bfloat16)))
            Tolerance.Same(wide.to(narrow.dtype), narrow);
    }

    private delegate (Tensor Y, Tensor Last) Form(Tensor q, Tensor k, Tensor v, Tensor beta, Tensor? log, Tensor? initial, Tensor? starts);

    /// <summary>q, k, v, beta, l, S, in float64; null where there is none. Keys are of length one, beta between 0 and 1.</summary>
    private static Tensor?[] Inputs(long T, bool decays, bool initial, long keys, long values)
    {
        var generator = new Generator((ulong)T + 1);
        Tensor Draw(params long[] shape) => randn(shape, float64, generator: generator);
        return
        [
            Draw(B, T, H, keys), nn.functional.normalize(Draw(B, T, H, keys), p: 2, dim: -1), Draw(B, T, H, values), Draw(B, T, H, 1).sigmoid(),
            decays ? -Draw(B, T, H, 1).exp() : null, initial ? Draw(B, H, keys, values) : null,
        ];
    }

    /// <summary>y, the last S, and the gradients of the inputs that there are.</summary>
    private static List<Tensor> Differentiate(Form form, Tensor?[] inputs, Tensor? starts, ScalarType dtype)
    {
        var x = inputs.Select(each => each?.to(dtype, copy: true).requires_grad_()).ToArray();
        var (y, last) = form(x[0]!, x[1]!, x[2]!, x[3]!, x[4], x[5], starts);
        var generator = new Generator(11);
        ((y * randn(y.shape, float64, generator: generator).to(dtype)).sum() + (last * randn(last.shape, float64, generator: generator).to(dtype)).sum()).backward();
        return [y, last, .. x.OfType<Tensor>().Select(each => each.grad ?? zeros_like(each))];
    }
}
