using Sequence.Kernels.Registry;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Tests;

public sealed class ShapesTests : IDisposable
{
    private const long B = 3, H = 2, K = 5, V = 4, D = 7, N = 4;

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    /// <summary>Tensors in the order of <see cref="Operation.Inputs"/> -> outputs.</summary>
    internal delegate List<Tensor> Form(Tensor[] x, Tensor? starts);

    /// <summary>An operation and the shapes of its inputs.</summary>
    /// <param name="Name">For the name of a test.</param>
    /// <param name="Fold">The meaning.</param>
    /// <param name="Fused">The fused form.</param>
    /// <param name="Run">The form that is preferred, where the operation chooses.</param>
    /// <param name="Inputs">Of the inputs, which end with the state before the first token.</param>
    /// <param name="States">Tensors of that state.</param>
    /// <param name="TakesStarts">Whether documents may start where a mask says.</param>
    internal sealed record Operation(string Name, Form Fold, Form Fused, Form? Run, long[][] Inputs, int States = 1, bool TakesStarts = true);

    public static TheoryData<string> Names => [.. All(T: 1).Select(operation => operation.Name)];

    public static TheoryData<string, long> Operations
    {
        get
        {
            var cases = new TheoryData<string, long>();
            foreach (var T in (long[])[1, 63, 65])
                foreach (var operation in All(T))
                    cases.Add(operation.Name, T);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void A_state_and_starts_that_rows_share_are_spread_over_them(string name, long T)
    {
        var operation = All(T).Single(each => each.Name == name);
        var x = Draw(operation);
        for (var state = x.Length - operation.States; state < x.Length; state++)
            x[state] = x[state].narrow(0, 0, 1);
        var starts = rand([1, T], float64, generator: new Generator(9)) < 0.1;

        var expected = Differentiate(operation.Fold, x, starts);
        var actual = Differentiate(operation.Fused, x, starts);

        Assert.Equal(expected.Count, actual.Count);
        foreach (var (e, a) in expected.Zip(actual))
            Tolerance.Same(e, a);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void No_tokens_give_no_outputs_and_the_state_as_it_was_in_every_form(string name)
    {
        var operation = All(T: 0).Single(each => each.Name == name);
        using (KernelScope.Prefer(KernelPreference.Reference))
            Check(operation.Run ?? operation.Fold);
        using (KernelScope.Prefer(KernelPreference.Fused))
            Check(operation.Run ?? operation.Fused);
        Check(operation.Fold);
        Check(operation.Fused);

        void Check(Form form)
        {
            Tensor[] x = [.. Draw(operation).Select(each => each.requires_grad_())];
            var y = form(x, null);
            var (outputs, states) = (y.Where(each => each.numel() == 0).ToList(), y.Where(each => each.numel() > 0).ToList());
            Assert.NotEmpty(outputs);
            Assert.All(outputs, each => Assert.Equal((B, 0), (each.shape[0], each.shape[1])));
            if (states.Count == 0)
                return;
            Assert.Equal(operation.States, states.Count);
            var given = x[^operation.States..];
            var gradients = autograd.grad(states, given, [.. states.Select(each => full_like(each, 3))]);
            foreach (var (before, (after, gradient)) in given.Zip(states.Zip(gradients)))
            {
                Assert.True(before.eq(after).all().ToBoolean(), "The state changed.");
                Assert.True(gradient.eq(3).all().ToBoolean(), "The gradient does not reach the state before.");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Inputs_that_do_not_belong_together_are_refused_before_memory_is_read(string name)
    {
        const long T = 65;
        var operation = All(T).Single(each => each.Name == name);
        Refuses(operation, operation.Fused, T);
        if (operation.Run is null)
            return;
        foreach (var preference in (KernelPreference[])[KernelPreference.Reference, KernelPreference.Fused])
        {
            using var kernels = KernelScope.Prefer(preference);
            Refuses(operation, operation.Run, T);
        }
    }

    [Fact]
    public void A_fused_form_that_is_called_itself_refuses_an_element_type_that_it_would_misread()
    {
        static Tensor Half(params long[] shape) => zeros(shape, float16);
        var (keys, vectors) = (Half(B, 9, H, K), Half(B, 9, D));
        var (state, states) = (Half(B, D), Half(B, 9, N));
        Action[] calls =
        [
            () => FusedOuterProductScan.Run(keys, keys, keys), () => FusedDeltaRuleScan.Run(keys, keys, keys, keys.narrow(3, 0, 1)),
            () => FusedLogScaledScan.Run(keys, keys, keys, zeros(B, 9, H, 1), zeros(B, 9, H, 1)), () => FusedDiagonalScan.Run(vectors, vectors),
            () => FusedGatedDiagonalScan.Run(Half(B, 9, 2 * D), state, true),
            () => FusedComplexDiagonalScan.Run(new(vectors, vectors), new(vectors, vectors)), () => FusedRotationScan.Run(Half(B, 9, 4 * D), new(state, state)),
            () => FusedSelectiveScan.Run(vectors, Half(N, D), vectors, states, states, Half(B, N, D)),
            () => FusedGatedSelectiveScan.Run(new(vectors, Half(D), Half(N, D), vectors, vectors, states, states, Half(D)), Half(B, N, D)),
            () => FusedCausalConvolution.Run(vectors, null, Half(4, D), Half(D)),
        ];
        Assert.All(calls, call => Assert.Throws<KernelException>(call));
    }

    [Fact]
    public void A_refusal_says_what_was_expected_in_the_letters_of_the_equations_and_what_came()
    {
        var (q, k, v) = (randn(B, 9, H, K), randn(B, 9, H, K), randn(B, 9, H, V));

        var refusal = Assert.Throws<ArgumentException>(() => OuterProductScan.Run(q, k, v, null, randn(2, H, K, V)));

        Assert.StartsWith(
            "outer-product-scan takes initial as [B, H, K, V], here [3, 2, 5, 4] or 1 for an axis that all share; it is [2, 2, 5, 4].", refusal.Message, StringComparison.Ordinal);
    }

    private static void Refuses(Operation operation, Form form, long T)
    {
        var x = Draw(operation);
        var starts = operation.TakesStarts ? zeros(B, T, @bool) : null;
        for (var index = 0; index < x.Length; index++)
        {
            for (var axis = 0; axis < x[index].dim(); axis++)
            {
                var odd = x.ToArray();
                var shape = odd[index].shape;
                shape[axis] += 2;
                odd[index] = randn(shape, float64);
                Assert.Throws<ArgumentException>(() => form(odd, starts));
            }

            var deep = x.ToArray();
            deep[index] = deep[index].unsqueeze(0);
            Assert.Throws<ArgumentException>(() => form(deep, starts));
        }

        if (!operation.TakesStarts)
            return;
        Assert.Throws<ArgumentException>(() => form(x, zeros(B, T + 1, @bool)));
        Assert.Throws<ArgumentException>(() => form(x, zeros(B + 1, T, @bool)));
        Assert.Throws<ArgumentException>(() => form(x, zeros(B, T, int64)));
    }

    private static List<Operation> All(long T)
    {
        static List<Tensor> Both((Tensor Y, Tensor Last) result) => [result.Y, result.Last];
        static List<Tensor> Parts(ComplexTensor h) => [h.Re, h.Im];
        static List<Tensor> Steps((ComplexTensor H, ComplexTensor Last) result) => [.. Parts(result.H), .. Parts(result.Last)];
        static List<Tensor> Scaled((Tensor Y, Tensor Scales, LogScaled Last) result) => [result.Y, result.Last.Values];
        static LogScaled From(Tensor R) => new(R.detach().amax([2, 3], keepdim: true), R);
        static GatedSelectiveInputs Gated(Tensor[] x, Tensor? starts) => new(x[0], x[1], -x[2].exp(), x[3], x[4], x[5], x[6], x[7], starts);
        static Tensor Log(Tensor x) => -x.exp();
        long[] keys = [B, T, H, K], values = [B, T, H, V], heads = [B, T, H, 1], S = [B, H, K, V], vectors = [B, T, D];
        return
        [
            new(
                "outer product", (x, starts) => Both(OuterProductScan.Fold(x[0], x[1], x[2], null, x[3], starts)),
                (x, starts) => Both(FusedOuterProductScan.Run(x[0], x[1], x[2], null, x[3], starts)),
                (x, starts) => Both(OuterProductScan.Run(x[0], x[1], x[2], null, x[3], starts)), [keys, keys, values, S]),
            new(
                "outer product, a decay a head", (x, starts) => Both(OuterProductScan.Fold(x[0], x[1], x[2], Log(x[3]), x[4], starts)),
                (x, starts) => Both(FusedOuterProductScan.Run(x[0], x[1], x[2], Log(x[3]), x[4], starts)),
                (x, starts) => Both(OuterProductScan.Run(x[0], x[1], x[2], Log(x[3]), x[4], starts)), [keys, keys, values, heads, S]),
            new(
                "outer product, a decay a channel", (x, starts) => Both(OuterProductScan.Fold(x[0], x[1], x[2], Log(x[3]), x[4], starts)),
                (x, starts) => Both(FusedOuterProductScan.Run(x[0], x[1], x[2], Log(x[3]), x[4], starts)),
                (x, starts) => Both(OuterProductScan.Run(x[0], x[1], x[2], Log(x[3]), x[4], starts)), [keys, keys, values, keys, S]),
            new(
                "delta rule", (x, starts) => Both(DeltaRuleScan.Fold(x[0], Unit(x[1]), x[2], x[3].sigmoid(), Log(x[4]), x[5], starts)),
                (x, starts) => Both(FusedDeltaRuleScan.Run(x[0], Unit(x[1]), x[2], x[3].sigmoid(), Log(x[4]), x[5], starts)),
                (x, starts) => Both(DeltaRuleScan.Run(x[0], Unit(x[1]), x[2], x[3].sigmoid(), Log(x[4]), x[5], starts)), [keys, keys, values, heads, heads, S]),
            new(
                "log scaled", (x, starts) => Scaled(LogScaledScan.Fold(x[0], x[1], x[2], Log(x[3]), x[4], From(x[5]), starts)),
                (x, starts) => Scaled(FusedLogScaledScan.Run(x[0], x[1], x[2], Log(x[3]), x[4], From(x[5]), starts)),
                (x, starts) => Scaled(LogScaledScan.Run(x[0], x[1], x[2], Log(x[3]), x[4], From(x[5]), starts)), [keys, keys, values, heads, heads, S]),
            new(
                "diagonal", (x, _) => [DiagonalScan.Fold(Log(x[0]), x[1], x[2])], (x, _) => [FusedDiagonalScan.Run(Log(x[0]), x[1], x[2])],
                (x, _) => [DiagonalScan.Run(Log(x[0]), x[1], x[2])], [vectors, vectors, [B, D]], TakesStarts: false),
            new(
                "diagonal, matrices", (x, _) => [DiagonalScan.Fold(Log(x[0]), x[1], x[2])], (x, _) => [FusedDiagonalScan.Run(Log(x[0]), x[1], x[2])],
                (x, _) => [DiagonalScan.Run(Log(x[0]), x[1], x[2])], [[B, T, 1, D], [B, T, N, D], [B, N, D]], TakesStarts: false),
            new(
                "gated diagonal", (x, starts) => Both(GatedDiagonalScan.Fold(x[0], x[1], true, starts)), (x, starts) => Both(FusedGatedDiagonalScan.Run(x[0], x[1], true, starts)), null,
                [[B, T, 2 * D], [B, D]]),
            new(
                "complex diagonal", (x, _) => Parts(ComplexDiagonalScan.Fold(Factor(x), new(x[2], x[3]), new ComplexTensor(x[4], x[5]))),
                (x, _) => Parts(FusedComplexDiagonalScan.Run(Factor(x), new(x[2], x[3]), new ComplexTensor(x[4], x[5]))),
                (x, _) => Parts(ComplexDiagonalScan.Run(Factor(x), new(x[2], x[3]), new ComplexTensor(x[4], x[5]))),
                [vectors, vectors, vectors, vectors, [B, D], [B, D]], States: 2, TakesStarts: false),
            new(
                "rotation", (x, starts) => Steps(RotationScan.Fold(x[0], new(x[1], x[2]), starts)),
                (x, starts) => Steps(FusedRotationScan.Run(x[0], new(x[1], x[2]), starts)), null, [[B, T, 4 * D], [B, D], [B, D]], States: 2),
            new(
                "selective", (x, starts) => Both(SelectiveScan.Fold(x[0].exp(), Log(x[1]), x[2], x[3], x[4], x[5], starts)),
                (x, starts) => Both(FusedSelectiveScan.Run(x[0].exp(), Log(x[1]), x[2], x[3], x[4], x[5], starts)), null,
                [vectors, [N, D], vectors, [B, T, N], [B, T, N], [B, N, D]]),
            new(
                "gated selective", (x, starts) => Both(GatedSelectiveScan.Fold(Gated(x, starts), x[8])), (x, starts) => Both(FusedGatedSelectiveScan.Run(Gated(x, starts), x[8])), null,
                [vectors, [D], [N, D], vectors, vectors, [B, T, N], [B, T, N], [D], [B, N, D]]),
        ];
    }

    private static Tensor Unit(Tensor keys) => nn.functional.normalize(keys, p: 2, dim: -1);

    /// <summary>Less than 1 in size.</summary>
    private static ComplexTensor Factor(Tensor[] x) => new(x[0].sin() * 0.7, x[1].sin() * 0.7);

    private static Tensor[] Draw(Operation operation)
    {
        var generator = new Generator(5);
        return [.. operation.Inputs.Select(shape => randn(shape, float64, generator: generator))];
    }

    /// <summary>The outputs, and the gradients of the inputs.</summary>
    private static List<Tensor> Differentiate(Form form, Tensor[] inputs, Tensor? starts)
    {
        Tensor[] x = [.. inputs.Select(each => each.clone().requires_grad_())];
        var y = form(x, starts);
        var generator = new Generator(11);
        y.Select(each => (each * randn(each.shape, float64, generator: generator)).sum()).Aggregate((sum, next) => sum + next).backward();
        return [.. y, .. x.Select(each => each.grad ?? zeros_like(each))];
    }
}
