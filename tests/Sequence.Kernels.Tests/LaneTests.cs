using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Tests;

public sealed unsafe class LaneTests
{
    // units in the last place, of numbers up to where results are normal
    private const double Ulps = 4;

    [Fact]
    public void Exponentials_are_right_at_every_width()
    {
        Exponentials<Lanes512<float>, float>(-87, 88, 1 / (double)(1 << 23));
        Exponentials<Lanes256<float>, float>(-87, 88, 1 / (double)(1 << 23));
        Exponentials<Lanes128<float>, float>(-87, 88, 1 / (double)(1 << 23));
        Exponentials<Lanes1<float>, float>(-87, 88, 1 / (double)(1 << 23));
        Exponentials<Lanes512<double>, double>(-708, 709, 1 / (double)(1L << 52));
        Exponentials<Lanes256<double>, double>(-708, 709, 1 / (double)(1L << 52));
        Exponentials<Lanes128<double>, double>(-708, 709, 1 / (double)(1L << 52));
        Exponentials<Lanes1<double>, double>(-708, 709, 1 / (double)(1L << 52));
    }

    [Fact]
    public void Exponentials_end_in_zero_infinity_and_NaN()
    {
        Ends<Lanes512<float>>();
        Ends<Lanes256<float>>();
        Ends<Lanes128<float>>();
        Ends<Lanes1<float>>();
    }

    [Fact]
    public void BFloat16_is_read_exactly_and_written_to_the_nearest()
    {
        Rounds<Lanes512<float>>();
        Rounds<Lanes256<float>>();
        Rounds<Lanes128<float>>();
        Rounds<Lanes1<float>>();
    }

    [Fact]
    public void Sums_and_largest_take_every_lane()
    {
        Reduces<Lanes512<float>>();
        Reduces<Lanes256<float>>();
        Reduces<Lanes128<float>>();
        Reduces<Lanes1<float>>();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    public void A_loop_visits_every_number_once(int count)
    {
        var loop = new Counting(new int[count]);
        LaneWidth.Run<float, Counting>(ref loop, count);
        Assert.All(loop.Visits, visits => Assert.Equal(1, visits));
    }

    [Fact]
    public void Powers_of_two_are_right_at_every_width()
    {
        Powers<Lanes512<float>, float>(-126, 127, 4e-7);
        Powers<Lanes256<float>, float>(-126, 127, 4e-7);
        Powers<Lanes128<float>, float>(-126, 127, 4e-7);
        Powers<Lanes1<float>, float>(-126, 127, 4e-7);
        Powers<Lanes256<double>, double>(-1021, 1022, 1e-15);
        Powers<Lanes1<double>, double>(-1021, 1022, 1e-15);
    }

    [Fact]
    public void Powers_of_two_end_in_zero_and_infinity_and_are_one_at_zero()
    {
        float* x = stackalloc float[] { float.NegativeInfinity, -1e6f, -127, 0, 1, 128, 1e6f, float.PositiveInfinity };
        float* y = stackalloc float[8], one = stackalloc float[8], pair = stackalloc float[8];
        float[] expected = [0, 0, 0, 1, 2, float.PositiveInfinity, float.PositiveInfinity, float.PositiveInfinity];
        var power = new PowerOfTwo<Lanes256<float>, float>();

        LaneMath.Exp2<Lanes256<float>, float>(Lanes256<float>.Load(x)).Store(y);
        power.Of(Lanes256<float>.Load(x)).Store(one);
        power.Of(Lanes256<float>.Zero, Lanes256<float>.Load(x), Lanes256<float>.Of(1.0)).Y.Store(pair);

        Assert.Equal(expected, new Span<float>(y, 8).ToArray());
        Assert.Equal(expected, new Span<float>(one, 8).ToArray());
        Assert.Equal(expected, new Span<float>(pair, 8).ToArray());
    }

    [Fact]
    public void Sines_and_cosines_are_right_at_every_width()
    {
        Turns<Lanes512<float>, float>(1, 3e-7);
        Turns<Lanes256<float>, float>(1, 3e-7);
        Turns<Lanes128<float>, float>(1, 3e-7);
        Turns<Lanes1<float>, float>(1, 3e-7);
        Turns<Lanes256<float>, float>(1e3, 3e-7);
        Turns<Lanes256<double>, double>(1, 1e-15);
        Turns<Lanes1<double>, double>(1e3, 1e-15);
    }

    [Fact]
    public void Powers_of_two_that_are_near_are_right_at_every_width()
    {
        NearPowers<Lanes512<float>, float>(4e-7);
        NearPowers<Lanes256<float>, float>(4e-7);
        NearPowers<Lanes128<float>, float>(4e-7);
        NearPowers<Lanes1<float>, float>(4e-7);
        NearPowers<Lanes256<double>, double>(1e-15);
        NearPowers<Lanes1<double>, double>(1e-15);
    }

    [Fact]
    public void A_near_power_of_two_of_nan_is_nan()
    {
        var power = NearPowerOfTwo<Lanes256<float>, float>.Load();
        float* y = stackalloc float[8];

        power.Of(Lanes256<float>.Of(double.NaN), Lanes256<float>.Of(1.0)).Store(y);

        Assert.All(new Span<float>(y, 8).ToArray(), each => Assert.True(float.IsNaN(each)));
    }

    private static void NearPowers<TLanes, T>(double tolerance)
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged, System.Numerics.INumber<T>
    {
        // products by a half are exact on processors without a fused multiply-add too
        const double Most = NearPowerOfTwo<TLanes, T>.Most, Factor = 0.5;
        var power = NearPowerOfTwo<TLanes, T>.Load();
        Span<T> x = stackalloc T[16], one = stackalloc T[16], pair = stackalloc T[16];
        for (var at = -Most / Factor; at < Most / Factor - 0.16; at += 0.37)
        {
            for (var lane = 0; lane < TLanes.Count; lane++)
                x[lane] = T.CreateChecked(at + lane * 0.01);
            fixed (T* read = x, writeOne = one, writePair = pair)
            {
                var (loaded, factor) = (TLanes.Load(read), TLanes.Of(Factor));
                power.Of(loaded, factor).Store(writeOne);
                power.Of(TLanes.Zero, loaded, factor).Y.Store(writePair);
            }

            for (var lane = 0; lane < TLanes.Count; lane++)
            {
                var expected = Math.Pow(2, Factor * double.CreateChecked(x[lane]));
                Assert.True(Math.Abs(double.CreateChecked(one[lane]) / expected - 1) <= tolerance, $"2^({Factor} {x[lane]}) is {one[lane]}, not {expected:r}.");
                Assert.Equal(one[lane], pair[lane]);
            }
        }
    }

    private static void Powers<TLanes, T>(double from, double to, double tolerance)
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged, System.Numerics.INumber<T>
    {
        Span<T> x = stackalloc T[16], y = stackalloc T[16];
        for (var at = from; at < to; at += 0.37)
        {
            for (var lane = 0; lane < TLanes.Count; lane++)
                x[lane] = T.CreateChecked(at + lane * 0.01);
            fixed (T* read = x, write = y)
                LaneMath.Exp2<TLanes, T>(TLanes.Load(read)).Store(write);
            for (var lane = 0; lane < TLanes.Count; lane++)
            {
                var expected = Math.Pow(2, double.CreateChecked(x[lane]));
                Assert.True(Math.Abs(double.CreateChecked(y[lane]) / expected - 1) <= tolerance, $"2^{x[lane]} is {y[lane]}, not {expected:r}.");
            }
        }
    }

    private static void Turns<TLanes, T>(double scale, double tolerance)
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged, System.Numerics.INumber<T>
    {
        Span<T> x = stackalloc T[16], s = stackalloc T[16], c = stackalloc T[16];
        for (var at = -25 * scale; at < 25 * scale; at += 0.07 * scale)
        {
            for (var lane = 0; lane < TLanes.Count; lane++)
                x[lane] = T.CreateChecked(at + lane * 0.003 * scale);
            fixed (T* read = x, sine = s, cosine = c)
            {
                var both = LaneMath.SineCosine<TLanes, T>(TLanes.Load(read));
                both.Sine.Store(sine);
                both.Cosine.Store(cosine);
            }

            for (var lane = 0; lane < TLanes.Count; lane++)
            {
                var angle = double.CreateChecked(x[lane]);
                Assert.True(Math.Abs(double.CreateChecked(s[lane]) - Math.Sin(angle)) <= tolerance, $"sin {angle:r} is {s[lane]}, not {Math.Sin(angle):r}.");
                Assert.True(Math.Abs(double.CreateChecked(c[lane]) - Math.Cos(angle)) <= tolerance, $"cos {angle:r} is {c[lane]}, not {Math.Cos(angle):r}.");
            }
        }
    }

    private static void Exponentials<TLanes, T>(double from, double to, double epsilon)
        where TLanes : struct, ILanes<TLanes, T>
        where T : unmanaged, System.Numerics.INumber<T>
    {
        Span<T> x = stackalloc T[16], y = stackalloc T[16];
        for (var at = from; at < to; at += 0.37)
        {
            for (var lane = 0; lane < TLanes.Count; lane++)
                x[lane] = T.CreateChecked(at + lane * 0.01);
            fixed (T* read = x, write = y)
                LaneMath.Exp<TLanes, T>(TLanes.Load(read)).Store(write);
            for (var lane = 0; lane < TLanes.Count; lane++)
            {
                var expected = Math.Exp(double.CreateChecked(x[lane]));
                Assert.True(Math.Abs(double.CreateChecked(y[lane]) / expected - 1) <= Ulps * epsilon, $"exp({x[lane]}) is {y[lane]}, not {expected:r}.");
            }
        }
    }

    private static void Ends<TLanes>()
        where TLanes : struct, ILanes<TLanes, float>
    {
        Assert.Equal(0, First(LaneMath.Exp<TLanes, float>(TLanes.Of(double.NegativeInfinity))));
        Assert.Equal(0, First(LaneMath.Exp<TLanes, float>(TLanes.Of(-1000f))));
        Assert.Equal(float.PositiveInfinity, First(LaneMath.Exp<TLanes, float>(TLanes.Of(89f))));
        Assert.Equal(1, First(LaneMath.Exp<TLanes, float>(TLanes.Zero)));
        Assert.True(float.IsNaN(First(LaneMath.Exp<TLanes, float>(TLanes.Of(float.NaN)))));
        Assert.Equal(0, First(LaneMath.Sigmoid<TLanes, float>(TLanes.Of(double.NegativeInfinity))));
        Assert.Equal(1, First(LaneMath.Sigmoid<TLanes, float>(TLanes.Of(double.PositiveInfinity))));
    }

    private static float First<TLanes>(TLanes lanes)
        where TLanes : struct, ILanes<TLanes, float>
    {
        var values = stackalloc float[16];
        lanes.Store(values);
        return values[TLanes.Count - 1];
    }

    private static void Rounds<TLanes>()
        where TLanes : struct, ILanes<TLanes, float>
    {
        (float Value, uint Bits)[] cases =
        [
            (1, 0x3F80), (-2.5f, 0xC020), (BitConverter.UInt32BitsToSingle(0x3F808000), 0x3F80), (BitConverter.UInt32BitsToSingle(0x3F818000), 0x3F82),
            (BitConverter.UInt32BitsToSingle(0x3F808001), 0x3F81), (float.PositiveInfinity, 0x7F80), (float.MaxValue, 0x7F80),
        ];
        var stored = stackalloc BFloat16[16];
        foreach (var (value, bits) in cases)
        {
            TLanes.Of(value).Store(stored);
            for (var lane = 0; lane < TLanes.Count; lane++)
                Assert.Equal(bits, stored[lane].Bits);
            Assert.Equal(BitConverter.UInt32BitsToSingle(bits << 16), First(TLanes.Load(stored)));
        }

        TLanes.Of(BitConverter.UInt32BitsToSingle(0x7F800001)).Store(stored);
        Assert.True(float.IsNaN(stored[0].Value));
    }

    private static void Reduces<TLanes>()
        where TLanes : struct, ILanes<TLanes, float>
    {
        var values = stackalloc float[16];
        for (var lane = 0; lane < TLanes.Count; lane++)
            values[lane] = lane == TLanes.Count / 2 ? 100 : -lane;
        var lanes = TLanes.Load(values);
        Assert.Equal(new Span<float>(values, TLanes.Count).ToArray().Sum(), TLanes.Sum(lanes));
        Assert.Equal(100, TLanes.Largest(lanes));
    }

    private readonly struct Counting(int[] visits) : ILaneLoop<float>
    {
        public int[] Visits => visits;

        public void Run<TLanes>(int begin, int end)
            where TLanes : struct, ILanes<TLanes, float>
        {
            for (var index = begin; index < end; index += TLanes.Count)
                for (var lane = 0; lane < TLanes.Count; lane++)
                    visits[index + lane]++;
        }
    }
}
