using System.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Operators;

/// <summary>Complex numbers and Fourier transforms; a complex grid has a last axis of length 2.</summary>
internal static class ComplexTable
{
    private static Tensor C(params long[] shape) => torch.complex(Sample.X(shape), Sample.Y(shape));

    private static Complex At(Grid g, params long[] at) => new(g[[.. at, 0]], g[[.. at, 1]]);

    private static Grid OfComplex(long[] shape, Func<long[], Complex> element) =>
        Grid.Build([.. shape, 2], at => element(at[..^1]) is var z && at[^1] == 0 ? z.Real : z.Imaginary);

    private static Grid Each(Grid g, Func<Complex, Complex> f) => OfComplex(g.Shape[..^1], at => f(At(g, at)));

    private static Grid Part(Grid g, Func<Complex, double> f) => Grid.Build(g.Shape[..^1], at => f(At(g, at)));

    public static IEnumerable<OperatorCase> Cases() => Parts().Concat(Transforms()).Concat(Shifts());

    private static CaseList Parts() => new()
    {
        { "complex", [Sample.X(3, 5), Sample.Y(3, 5)], g => OfComplex([3, 5], at => new(g[0][at], g[1][at])) },
        { "polar", [Sample.Uniform(0.5, 2, 65), Sample.Y(65)], g => OfComplex([65], at => Complex.FromPolarCoordinates(g[0][at], g[1][at])) },
        { "view_as_complex", [Sample.X(63, 2)], g => g[0], true, false },
        { "view_as_real", [C(65)], g => g[0], false },
        { "real", [C(3, 5)], g => Part(g[0], z => z.Real), false },
        { "imag", [C(3, 5)], g => Part(g[0], z => z.Imaginary), false },
        { "conj", [C(3, 5)], g => Each(g[0], Complex.Conjugate), false },
        { "conj_physical", [C(3, 5)], g => Each(g[0], Complex.Conjugate), false },
        { "resolve_conj", [C(65).conj()], g => g[0], false },
        { "resolve_neg", [C(65).conj().imag], g => g[0], false },
        { "adjoint", [C(3, 5)], g => OfComplex([5, 3], at => Complex.Conjugate(At(g[0], at[1], at[0]))), false },
        { "angle", [C(65)], g => Part(g[0], z => z.Phase), false },
        { "abs", [C(65)], g => Part(g[0], z => z.Magnitude), false, true, false },
        { "mul", [C(3, 5), C(5)], g => OfComplex([3, 5], at => At(g[0], at) * At(g[1], at[1])), false },
        { "exp", [C(3, 5)], g => Each(g[0], Complex.Exp), false },
        { "mm", [C(2, 3), C(3, 4)], g => OfComplex([2, 4], at => Enumerable.Range(0, 3).Aggregate(Complex.Zero, (sum, k) => sum + (At(g[0], at[0], k) * At(g[1], k, at[1])))), false },
    };

    // sum over the line of z[j] exp(sign 2 pi i j k / n), scaled
    private static Complex[] Transform(Complex[] line, int n, int sign, FFTNormType norm)
    {
        double scale = norm switch
        {
            FFTNormType.Ortho => 1 / Math.Sqrt(n),
            FFTNormType.Forward => sign < 0 ? 1.0 / n : 1,
            _ => sign < 0 ? 1 : 1.0 / n,
        };
        return [.. Enumerable.Range(0, n).Select(k => scale * Enumerable.Range(0, Math.Min(n, line.Length)).Aggregate(Complex.Zero, (sum, j) => sum + (line[j] * Complex.FromPolarCoordinates(1, sign * 2 * Math.PI * ((long)j * k % n) / n))))];
    }

    private static Grid LastAxis(Grid g, bool complex, Func<Complex[], Complex[]> f)
    {
        long[] outer = complex ? g.Shape[..^2] : g.Shape[..^1];
        int length = (int)(complex ? g.Shape[^2] : g.Shape[^1]);
        Complex[] Line(long[] at) => f([.. Enumerable.Range(0, length).Select(k => complex ? At(g, [.. at, k]) : new Complex(g[[.. at, k]], 0))]);
        return OfComplex([.. outer, Line(new long[outer.Length]).Length], at => Line(at[..^1])[at[^1]]);
    }

    // The whole spectrum of a real signal from its first half.
    private static Complex[] Mirrored(Complex[] half, int n)
    {
        Complex[] whole = new Complex[n];
        for (int k = 0; k < n; k++)
        {
            int mirror = n - k;
            Complex z = k <= n / 2 ? (k < half.Length ? half[k] : 0) : Complex.Conjugate(mirror < half.Length ? half[mirror] : 0);
            whole[k] = k == 0 || (n % 2 == 0 && k == n / 2) ? z.Real : z;
        }

        return whole;
    }

    private static IEnumerable<OperatorCase> Transforms()
    {
        foreach (FFTNormType norm in Enum.GetValues<FFTNormType>())
        {
            foreach (int n in (int[])[1, 5, 8, 63, 64])
            {
                CaseList list = new(typeof(fft))
                {
                    { "fft_", [C(2, n), -1L, -1L, norm], g => LastAxis(g[0], true, line => Transform(line, n, -1, norm)), false, true, true, 1e-8 },
                    { "ifft", [C(2, n), -1L, -1L, norm], g => LastAxis(g[0], true, line => Transform(line, n, 1, norm)), false, true, true, 1e-8 },
                    { "rfft", [Sample.X(2, n), -1L, -1L, norm], g => LastAxis(g[0], false, line => Transform(line, n, -1, norm)[..((n / 2) + 1)]), n < 10, true, true, 1e-8 },
                    { "ihfft", [Sample.X(n), -1L, -1L, norm], g => LastAxis(g[0], false, line => [.. Transform(line, n, 1, norm)[..((n / 2) + 1)]]), false, true, true, 1e-8 },
                    { "irfft", [C(2, (n / 2) + 1), (long)n, -1L, norm], g => Part(LastAxis(g[0], true, line => Transform(Mirrored(line, n), n, 1, norm)), z => z.Real), false, true, true, 1e-8 },
                    { "hfft", [C((n / 2) + 1), (long)n, -1L, norm], g => Part(LastAxis(g[0], true, line => Transform([.. Mirrored(line, n).Select(Complex.Conjugate)], n, 1, Flipped(norm))), z => z.Real), false, true, true, 1e-8 },
                };
                foreach (OperatorCase transform in list)
                {
                    yield return transform;
                }
            }
        }

        CaseList padded = new(typeof(fft))
        {
            { "fft_", [Sample.X(5), 8L], g => LastAxis(g[0], false, line => Transform(line, 8, -1, FFTNormType.Backward)) },
            { "rfft", [Sample.X(2, 5), 3L, 1L], g => LastAxis(g[0], false, line => Transform(line, 3, -1, FFTNormType.Backward)[..2]) },
        };
        foreach (string name in (string[])["fft2", "fftn", "ifft2", "ifftn", "rfft2", "rfftn", "irfft2", "irfftn"])
        {
            int sign = name.Contains("if", StringComparison.Ordinal) || name.StartsWith("ir", StringComparison.Ordinal) ? 1 : -1;
            bool realIn = name.StartsWith("rfft", StringComparison.Ordinal), realOut = name.StartsWith("irfft", StringComparison.Ordinal);
            padded.Add(name, realOut ? [C(4, 3), new[] { 4L, 4L }, null] : [realIn ? Sample.X(4, 6) : C(4, 6)], g => Planar(g[0], sign, realIn, realOut), false, true, false, 1e-8);
        }

        foreach (OperatorCase transform in padded)
        {
            yield return transform;
        }
    }

    private static FFTNormType Flipped(FFTNormType norm) => norm switch
    {
        FFTNormType.Backward => FFTNormType.Forward,
        FFTNormType.Forward => FFTNormType.Backward,
        _ => norm,
    };

    // Rows and columns of a matrix, one after the other.
    private static Grid Planar(Grid g, int sign, bool realIn, bool realOut)
    {
        Grid z = realIn ? OfComplex(g.Shape, at => g[at]) : g;
        Grid Swap(Grid x) => x.Permute(1, 0, 2);
        z = Swap(LastAxis(Swap(z), true, line => Transform(line, line.Length, sign, FFTNormType.Backward)));
        if (realOut)
        {
            return Part(LastAxis(z, true, line => Transform(Mirrored(line, 4), 4, 1, FFTNormType.Backward)), x => x.Real);
        }

        z = LastAxis(z, true, line => Transform(line, line.Length, sign, FFTNormType.Backward));
        return realIn ? Grid.Build([z.Shape[0], (z.Shape[1] / 2) + 1, 2], at => z[at]) : z;
    }

    private static CaseList Shifts() => new(typeof(fft))
    {
        { "fftshift", [Sample.X(5)], g => Grid.Build([5], at => g[0][(at[0] + 3) % 5]) },
        { "ifftshift", [Sample.X(5)], g => Grid.Build([5], at => g[0][(at[0] + 2) % 5]) },
        { "fftshift", [Sample.X(3, 4), new[] { 1L }], g => Grid.Build([3, 4], at => g[0][at[0], (at[1] + 2) % 4]) },
        { "fftfreq", [5L, 0.5], _ => Grid.Line(0, 0.4, 0.8, -0.8, -0.4), false, false, true, 1e-6 },
        { "rfftfreq", [5L, 0.5], _ => Grid.Line(0, 0.4, 0.8), false, false, true, 1e-6 },
    };
}
