using Sequence.Kernels.Registry;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Tests;

/// <summary>What the scans with a matrix a head have in common: which form runs, and in which element type.</summary>
public sealed class OuterFormTests : IDisposable
{
    private const long B = 2, H = 3, K = 5, V = 4;

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    /// <summary>y and the last state of q, k, v, numbers a head [B, T, H, 1], and a state before.</summary>
    private delegate (Tensor Y, Tensor Last) Scan(Tensor q, Tensor k, Tensor v, Tensor heads, Tensor? initial);

    public static TheoryData<string, KernelPreference> Cases
    {
        get
        {
            var cases = new TheoryData<string, KernelPreference>();
            foreach (var name in (string[])["outer", "delta", "scaled"])
                foreach (var preference in Enum.GetValues<KernelPreference>())
                    cases.Add(name, preference);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_token_after_others_goes_on_in_bfloat16_from_a_state_that_is_not(string name, KernelPreference preference)
    {
        using var kernels = KernelScope.Prefer(preference);
        var (scan, x) = (Of(name), Inputs(66));

        List<Tensor> In(ScalarType element)
        {
            Tensor[] tokens = [.. x.Select((each, index) => each.to(bfloat16).to(index < 3 ? element : float32))];
            var (y, S) = scan(tokens[0].narrow(1, 0, 65), tokens[1].narrow(1, 0, 65), tokens[2].narrow(1, 0, 65), tokens[3].narrow(1, 0, 65), null);
            var (next, last) = scan(tokens[0].narrow(1, 65, 1), tokens[1].narrow(1, 65, 1), tokens[2].narrow(1, 65, 1), tokens[3].narrow(1, 65, 1), S);
            var (after, _) = scan(tokens[0], tokens[1], tokens[2], tokens[3], last);
            Assert.All([S, last], state => Assert.Equal(ScalarType.Float32, state.dtype));
            Assert.All([y, next, after], outputs => Assert.Equal(element, outputs.dtype));
            return [y, S, next, last, after];
        }

        foreach (var (wide, narrow) in In(float32).Zip(In(bfloat16)))
            Assert.True((wide - narrow.to(float32)).abs().max().ToDouble() <= Tolerance.BFloat16 * wide.abs().max().ToDouble(), "The element types differ by more than rounding.");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_form_that_is_recorded_is_the_one_that_runs(string name, KernelPreference preference)
    {
        using var kernels = KernelScope.Prefer(preference);
        foreach (var T in (long[])[1, 2, 65])
        {
            var x = Inputs(T);
            var v = x[2].requires_grad_();
            using var record = FormRecord.Begin();
            var (y, _) = Of(name)(x[0], x[1], v, x[3], randn(B, H, K, V));

            var form = Assert.Single(record.Forms);
            var fused = preference == KernelPreference.Fused || preference == KernelPreference.Auto && T > 1;
            Assert.Equal(fused, form.WhyNotFused is null);
            if (preference == KernelPreference.Auto && T == 1)
                Assert.Contains("one token", form.WhyNotFused, StringComparison.Ordinal);
#if TORCH_SYSTEM // with the packages an exception in a backward ends the process
            var second = Record.Exception(() => autograd.grad([y.sum()], [v], create_graph: true));
            Assert.Equal(fused, second is NotSupportedException);
#else
            Assert.True(y.requires_grad);
#endif
        }
    }

    private static Scan Of(string name) => name switch
    {
        "outer" => (q, k, v, heads, S) => OuterProductScan.Run(q, k, v, -heads.exp(), S),
        "delta" => (q, k, v, heads, S) => DeltaRuleScan.Run(q, k, v, heads.sigmoid(), -heads.exp(), S),
        _ => (q, k, v, heads, S) =>
        {
            var (y, _, last) = LogScaledScan.Run(q, k, v, -heads.exp(), heads, S is null ? null : new LogScaled(zeros(B, H, 1, 1, float64), S));
            return (y, last.Values);
        },
    };

    /// <summary>q, k, v and numbers a head.</summary>
    private static Tensor[] Inputs(long T)
    {
        var generator = new Generator((ulong)T);
        Tensor Draw(long width) => randn([B, T, H, width], generator: generator);
        return [Draw(K), nn.functional.normalize(Draw(K), p: 2, dim: -1), Draw(V), Draw(1)];
    }
}
