using System.Runtime.CompilerServices;
using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Steps;

/// <summary>
/// y = W x + b for each of a few vectors: the time goes into reading W, once. Four rows of it at a time with lanes along a row, and two vectors where there
/// are two, so that x is read from the cache a quarter as often and sums do not wait for each other.
/// </summary>
internal static unsafe class MatrixVector
{
    private const int Height = 4;

    // below this many numbers of W a thread costs more to wake than it saves
    private const long EnoughForAThread = 1 << 17;

    /// <summary>W [M, K] row after row, b [M] or null, x [B, K] and y [B, M], rows of which are <c>stride</c> numbers apart.</summary>
    public static void Run<T>(T* W, T* b, T* x, int xStride, T* y, int yStride, int B, int K, int M)
        where T : unmanaged
    {
        var job = new Job<T> { W = W, Bias = b, X = x, Y = y, XStride = xStride, YStride = yStride, B = B, K = K, M = M };
        var blocks = (M + Height - 1) / Height;
        var grain = Math.Max(1, EnoughForAThread / ((long)Height * K * B));
        Work.For(0, blocks, grain, &Blocks<T>, &job);
    }

    private static void Blocks<T>(void* work, long begin, long end)
        where T : unmanaged
    {
        var job = (Job<T>*)work;
        switch (LaneWidth.Bits)
        {
            case 512:
                Blocks<T, Lanes512<T>>(job, begin, end);
                break;
            case 256:
                Blocks<T, Lanes256<T>>(job, begin, end);
                break;
            case 128:
                Blocks<T, Lanes128<T>>(job, begin, end);
                break;
            default:
                Blocks<T, Lanes1<T>>(job, begin, end);
                break;
        }
    }

    private static void Blocks<T, TLanes>(Job<T>* job, long begin, long end)
        where T : unmanaged
        where TLanes : struct, ILanes<TLanes, T>
    {
        for (var block = begin; block < end; block++)
        {
            var m = (int)block * Height;
            for (var row = 0; row < job->B; row++)
            {
                var x = job->X + (long)row * job->XStride;
                var y = job->Y + (long)row * job->YStride;
                if (m + Height <= job->M && row + 1 < job->B)
                {
                    FourOfTwo<T, TLanes>(job, m, x, y);
                    row++;
                    continue;
                }

                if (m + Height <= job->M)
                {
                    Four<T, TLanes>(job, m, x, y);
                    continue;
                }

                for (var one = m; one < job->M; one++)
                    y[one] = One<T, TLanes>(job, one, x);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Four<T, TLanes>(Job<T>* job, int m, T* x, T* y)
        where T : unmanaged
        where TLanes : struct, ILanes<TLanes, T>
    {
        var K = job->K;
        var w0 = job->W + (long)m * K;
        var w1 = w0 + K;
        var w2 = w1 + K;
        var w3 = w2 + K;
        TLanes s0 = TLanes.Zero, s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;
        var k = 0;
        for (; k + 2 * TLanes.Count <= K; k += 2 * TLanes.Count)
        {
            var (near, far) = (TLanes.Load(x + k), TLanes.Load(x + k + TLanes.Count));
            s0 = TLanes.MultiplyAdd(TLanes.Load(w0 + k), near, s0);
            s1 = TLanes.MultiplyAdd(TLanes.Load(w1 + k), near, s1);
            s2 = TLanes.MultiplyAdd(TLanes.Load(w2 + k), near, s2);
            s3 = TLanes.MultiplyAdd(TLanes.Load(w3 + k), near, s3);
            t0 = TLanes.MultiplyAdd(TLanes.Load(w0 + k + TLanes.Count), far, t0);
            t1 = TLanes.MultiplyAdd(TLanes.Load(w1 + k + TLanes.Count), far, t1);
            t2 = TLanes.MultiplyAdd(TLanes.Load(w2 + k + TLanes.Count), far, t2);
            t3 = TLanes.MultiplyAdd(TLanes.Load(w3 + k + TLanes.Count), far, t3);
        }

        for (; k + TLanes.Count <= K; k += TLanes.Count)
        {
            var near = TLanes.Load(x + k);
            s0 = TLanes.MultiplyAdd(TLanes.Load(w0 + k), near, s0);
            s1 = TLanes.MultiplyAdd(TLanes.Load(w1 + k), near, s1);
            s2 = TLanes.MultiplyAdd(TLanes.Load(w2 + k), near, s2);
            s3 = TLanes.MultiplyAdd(TLanes.Load(w3 + k), near, s3);
        }

        y[m] = Whole<T, TLanes>(job, m, s0 + t0, w0, x, k);
        y[m + 1] = Whole<T, TLanes>(job, m + 1, s1 + t1, w1, x, k);
        y[m + 2] = Whole<T, TLanes>(job, m + 2, s2 + t2, w2, x, k);
        y[m + 3] = Whole<T, TLanes>(job, m + 3, s3 + t3, w3, x, k);
    }

    /// <summary>Four rows of W and two vectors: a number of W is used twice once it is read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourOfTwo<T, TLanes>(Job<T>* job, int m, T* x, T* y)
        where T : unmanaged
        where TLanes : struct, ILanes<TLanes, T>
    {
        var K = job->K;
        var w0 = job->W + (long)m * K;
        var w1 = w0 + K;
        var w2 = w1 + K;
        var w3 = w2 + K;
        var other = x + job->XStride;
        TLanes s0 = TLanes.Zero, s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;
        var k = 0;
        for (; k + TLanes.Count <= K; k += TLanes.Count)
        {
            var (first, second) = (TLanes.Load(x + k), TLanes.Load(other + k));
            var w = TLanes.Load(w0 + k);
            s0 = TLanes.MultiplyAdd(w, first, s0);
            t0 = TLanes.MultiplyAdd(w, second, t0);
            w = TLanes.Load(w1 + k);
            s1 = TLanes.MultiplyAdd(w, first, s1);
            t1 = TLanes.MultiplyAdd(w, second, t1);
            w = TLanes.Load(w2 + k);
            s2 = TLanes.MultiplyAdd(w, first, s2);
            t2 = TLanes.MultiplyAdd(w, second, t2);
            w = TLanes.Load(w3 + k);
            s3 = TLanes.MultiplyAdd(w, first, s3);
            t3 = TLanes.MultiplyAdd(w, second, t3);
        }

        var far = y + job->YStride;
        y[m] = Whole<T, TLanes>(job, m, s0, w0, x, k);
        y[m + 1] = Whole<T, TLanes>(job, m + 1, s1, w1, x, k);
        y[m + 2] = Whole<T, TLanes>(job, m + 2, s2, w2, x, k);
        y[m + 3] = Whole<T, TLanes>(job, m + 3, s3, w3, x, k);
        far[m] = Whole<T, TLanes>(job, m, t0, w0, other, k);
        far[m + 1] = Whole<T, TLanes>(job, m + 1, t1, w1, other, k);
        far[m + 2] = Whole<T, TLanes>(job, m + 2, t2, w2, other, k);
        far[m + 3] = Whole<T, TLanes>(job, m + 3, t3, w3, other, k);
    }

    private static T One<T, TLanes>(Job<T>* job, int m, T* x)
        where T : unmanaged
        where TLanes : struct, ILanes<TLanes, T>
    {
        var w = job->W + (long)m * job->K;
        var sum = TLanes.Zero;
        var k = 0;
        for (; k + TLanes.Count <= job->K; k += TLanes.Count)
            sum = TLanes.MultiplyAdd(TLanes.Load(w + k), TLanes.Load(x + k), sum);
        return Whole<T, TLanes>(job, m, sum, w, x, k);
    }

    /// <summary>The sum of the lanes, what is left of the row from k on, and the bias.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Whole<T, TLanes>(Job<T>* job, int m, TLanes lanes, T* w, T* x, int k)
        where T : unmanaged
        where TLanes : struct, ILanes<TLanes, T>
    {
        var sum = Lanes1<T>.Of(TLanes.Sum(lanes));
        for (; k < job->K; k++)
            sum = Lanes1<T>.MultiplyAdd(new(w[k]), new(x[k]), sum);
        return (job->Bias is null ? sum : sum + new Lanes1<T>(job->Bias[m])).Value;
    }

    private struct Job<T>
        where T : unmanaged
    {
        public T* W, Bias, X, Y;
        public int XStride, YStride, B, K, M;
    }
}
