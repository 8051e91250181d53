using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Tests.Cuda;

/// <summary>Scans that go on by one token, by kernels for a GPU that have no chain, give what a whole scan gives in float64.</summary>
public sealed class EmulatedTokenTests : IDisposable
{
    private const long B = 3, T = 50, N = 19;

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Generator _random = new(7);
    private readonly CudaEmulator _gpu = CudaEmulator.Start();

    public void Dispose()
    {
        _gpu.Dispose();
        _scope.Dispose();
    }

    public enum Kind
    {
        Diagonal,
        Gated,
        Complex,
        Rotation,
        Selective,
        GatedSelective,
    }

    public static TheoryData<Kind, ScalarType> Cases => ElementCases.Of<Kind>();

    [Theory]
    [MemberData(nameof(Cases))]
    public void One_token_is_that_of_the_meaning_at_any_width(Kind kind, ScalarType dtype)
    {
        using var constant = no_grad();
        foreach (var D in (long[])[1, 63, 64, 65, 100, 130])
        {
            using var scope = NewDisposeScope();
            var x = Inputs(kind, 1, D, dtype);
            var before = Before(kind, D);
            foreach (var mark in Enum.GetValues<TokenMark>())
            {
                // the first row is like the others
                var marked = arange(B).view(B, 1) > 0;
                var (starts, padding) = (mark == TokenMark.Start ? marked : null, mark == TokenMark.Padding ? marked : null);

                var (y, last) = Fold(kind, Wide(x), before, starts, padding);
                var (there, next) = Run(kind, x, before.to(StateElement.Of(dtype)), starts, padding);

                Assert.Equal(dtype, there.dtype);
                Assert.Equal(StateElement.Of(dtype), next.dtype);
                Tolerance.Same(y, there);
                Tolerance.Same(last, next);
            }
        }
    }

    [Theory]
    [InlineData(Kind.Diagonal)]
    [InlineData(Kind.Gated)]
    [InlineData(Kind.Complex)]
    [InlineData(Kind.Rotation)]
    [InlineData(Kind.Selective)]
    [InlineData(Kind.GatedSelective)]
    public void Fifty_tokens_one_by_one_are_one_scan(Kind kind)
    {
        using var constant = no_grad();
        const long D = 65;
        var (x, state) = (Inputs(kind, T, D, float64), Before(kind, D));
        var (starts, padding) = (rand([B, T], float64, generator: _random) < 0.1, rand([B, T], float64, generator: _random) < 0.2);

        var (y, last) = Fold(kind, x, state, starts, padding);
        List<Tensor> tokens = [];
        for (var t = 0L; t < T; t++)
        {
            var (token, next) = Run(kind, [.. x.Select(each => each.shape.Contains(T) ? each.narrow(-2, t, 1) : each)], state, starts.narrow(1, t, 1), padding.narrow(1, t, 1));
            tokens.Add(token);
            state = next;
        }

        Tolerance.Same(y, cat(tokens, -2));
        Tolerance.Same(last, state);
    }

    private static Tensor[] Wide(Tensor[] x) => [.. x.Select(each => each.to(float64))];

    /// <summary>What is between tokens; of complex numbers real and imaginary parts, [2, B, D].</summary>
    private Tensor Before(Kind kind, long D) => Draw(kind switch
    {
        Kind.Diagonal or Kind.Gated => [B, D],
        Kind.Complex or Kind.Rotation => [2, B, D],
        _ => [B, N, D],
    });

    // padding is a decay of 1 and an input of 0 to those that know of no marks, a start a decay of 0
    private static (Tensor Log, Tensor Input) Marked(Tensor log, Tensor input, Tensor? starts, Tensor? padding)
    {
        if (starts is not null)
            log = log.masked_fill(starts.unsqueeze(2), double.NegativeInfinity);
        return padding is null ? (log, input) : (log.masked_fill(padding.unsqueeze(2), 0), input.masked_fill(padding.unsqueeze(2), 0));
    }

    private static (Tensor Y, Tensor Last) Fold(Kind kind, Tensor[] x, Tensor before, Tensor? starts, Tensor? padding)
    {
        switch (kind)
        {
            case Kind.Diagonal:
                var (log, input) = Marked(x[0], x[1], starts, padding);
                var h = DiagonalScan.Fold(log, input, before);
                return (h, h.select(1, -1));
            case Kind.Gated:
                return GatedDiagonalScan.Fold(x[0], before, isPositive: true, starts, padding);
            case Kind.Complex:
                var (a, b) = Complex(x, starts, padding);
                var numbers = ComplexDiagonalScan.Fold(a, b, Pair(before));
                return (stack([numbers.Re, numbers.Im]), stack([numbers.Re.select(1, -1), numbers.Im.select(1, -1)]));
            case Kind.Rotation:
                return Stacked(RotationScan.Fold(x[0], Pair(before), starts, padding));
            case Kind.Selective:
                var (dt, w) = Sized(x, padding);
                return SelectiveScan.Fold(dt, x[1], w, x[3], x[4], before, starts);
            default:
                return GatedSelectiveScan.Fold(new(x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7], starts, padding), before);
        }
    }

    private static (Tensor Y, Tensor Last) Run(Kind kind, Tensor[] x, Tensor before, Tensor? starts, Tensor? padding)
    {
        switch (kind)
        {
            case Kind.Diagonal:
                var (log, input) = Marked(x[0], x[1], starts, padding);
                return FusedDiagonalScan.RunToLast(log, input, before);
            case Kind.Gated:
                return FusedGatedDiagonalScan.Run(x[0], before, isPositive: true, starts, padding);
            case Kind.Complex:
                var (a, b) = Complex(x, starts, padding);
                return Stacked(FusedComplexDiagonalScan.RunToLast(a, b, Pair(before)));
            case Kind.Rotation:
                return Stacked(FusedRotationScan.Run(x[0], Pair(before), starts, padding));
            case Kind.Selective:
                var (dt, w) = Sized(x, padding);
                return FusedSelectiveScan.Run(dt, x[1], w, x[3], x[4], before, starts);
            default:
                return FusedGatedSelectiveScan.Run(new(x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7], starts, padding), before);
        }
    }

    private static (Tensor Dt, Tensor W) Sized(Tensor[] x, Tensor? padding) =>
        padding is null ? (x[0], x[2]) : (x[0].masked_fill(padding.unsqueeze(2), 0), x[2].masked_fill(padding.unsqueeze(2), 0));

    private static (ComplexTensor A, ComplexTensor B) Complex(Tensor[] x, Tensor? starts, Tensor? padding)
    {
        Tensor Filled(Tensor each, Tensor? where, double value) => where is null ? each : each.masked_fill(where.unsqueeze(2), value);
        return (
            new(Filled(Filled(x[0], starts, 0), padding, 1), Filled(Filled(x[1], starts, 0), padding, 0)),
            new(Filled(x[2], padding, 0), Filled(x[3], padding, 0)));
    }

    private static ComplexTensor Pair(Tensor parts) => new(parts[0], parts[1]);

    private static (Tensor Y, Tensor Last) Stacked((ComplexTensor H, ComplexTensor Last) results) =>
        (stack([results.H.Re, results.H.Im]), stack([results.Last.Re, results.Last.Im]));

    private Tensor[] Inputs(Kind kind, long T, long D, ScalarType dtype)
    {
        Tensor[] x = kind switch
        {
            Kind.Diagonal => [-Draw(B, T, D).exp(), Draw(B, T, D)],
            Kind.Gated => [Draw(B, T, 2 * D)],
            Kind.Complex => [0.5 * Draw(B, T, D), 0.5 * Draw(B, T, D), Draw(B, T, D), Draw(B, T, D)],
            Kind.Rotation => [Draw(B, T, 4 * D)],
            Kind.Selective => [Draw(B, T, D).exp(), -Draw(N, D).exp(), Draw(B, T, D), Draw(B, T, N), Draw(B, T, N)],
            _ => [Draw(B, T, D), Draw(D), -Draw(N, D).exp(), Draw(B, T, D), Draw(B, T, D), Draw(B, T, N), Draw(B, T, N), Draw(D)],
        };
        return [.. x.Select(each => each.to(dtype))];
    }

    private Tensor Draw(params long[] shape) => randn(shape, float64, generator: _random);
}
