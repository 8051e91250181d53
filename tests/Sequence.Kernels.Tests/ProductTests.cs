using Sequence.Kernels.Lanes;
using Sequence.Kernels.Products;

namespace Sequence.Kernels.Tests;

public sealed unsafe class ProductTests
{
    private static readonly int[] Sizes = [1, 2, 3, 5, 7, 8, 16, 17, 31, 64, 65, 100];

    [Fact]
    public void Products_equal_a_double_loop_at_512_bits()
    {
        Equal<Lanes512<float>, float>();
        Equal<Lanes512<double>, double>();
    }

    [Fact]
    public void Products_equal_a_double_loop_at_256_bits()
    {
        Equal<Lanes256<float>, float>();
        Equal<Lanes256<double>, double>();
    }

    [Fact]
    public void Products_equal_a_double_loop_at_128_bits()
    {
        Equal<Lanes128<float>, float>();
        Equal<Lanes128<double>, double>();
    }

    [Fact]
    public void Products_equal_a_double_loop_in_scalars()
    {
        Equal<Lanes1<float>, float>();
        Equal<Lanes1<double>, double>();
    }

    private static void Equal<TLanes, T>()
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged, System.Numerics.INumber<T>
    {
        var random = new Random(3);
        for (var round = 0; round < 400; round++)
        {
            var (m, n, k) = (Sizes[random.Next(Sizes.Length)], Sizes[random.Next(Sizes.Length)], Sizes[random.Next(Sizes.Length)]);
            var triangle = (Triangle)random.Next(4);
            var (turnA, turnB, add) = (random.Next(2) == 1, random.Next(2) == 1, random.Next(2) == 1);
            var (gapA, gapB, gapC) = (random.Next(3), random.Next(3), random.Next(3));
            var (a, b, c) = (Draw<T>(random, (m + 3) * (k + 3)), Draw<T>(random, (n + 3) * (k + 3)), Draw<T>(random, m * (n + gapC)));
            var before = (T[])c.Clone();
            var panel = new T[Product<T, TLanes>.PanelSize(k)];
            fixed (T* pa = a, pb = b, pc = c, pp = panel)
            {
                var A = turnA ? new Matrix<T>(pa, m + gapA).Transposed : new Matrix<T>(pa, k + gapA);
                var B = turnB ? new Matrix<T>(pb, k + gapB).Transposed : new Matrix<T>(pb, n + gapB);
                for (var i = 0; i < m; i++)
                {
                    for (var p = 0; p < k; p++)
                    {
                        if ((triangle == Triangle.Lower && p > i) || (triangle == Triangle.Upper && p < i))
                            *A.From(i, p).First = T.Zero;
                    }
                }

                Product<T, TLanes>.Run(A, B, new(pc, n + gapC), m, n, k, pp, add, triangle);

                for (var i = 0; i < m; i++)
                {
                    for (var j = 0; j < n + gapC; j++)
                    {
                        if (triangle == Triangle.Result && j > i && j < n)
                            continue;
                        var expected = add || j >= n ? double.CreateChecked(before[i * (n + gapC) + j]) : 0;
                        for (var p = 0; j < n && p < k; p++)
                            expected += double.CreateChecked(*A.From(i, p).First) * double.CreateChecked(*B.From(p, j).First);
                        var tolerance = (typeof(T) == typeof(double) ? Tolerance.Float64 : Tolerance.Float32) * Math.Max(1, Math.Sqrt(k));
                        Assert.Equal(expected, double.CreateChecked(c[i * (n + gapC) + j]), tolerance);
                    }
                }
            }
        }
    }

    private static T[] Draw<T>(Random random, int count)
        where T : System.Numerics.INumber<T>
        => [.. Enumerable.Range(0, count).Select(_ => T.CreateChecked(random.NextDouble() * 2 - 1))];
}
