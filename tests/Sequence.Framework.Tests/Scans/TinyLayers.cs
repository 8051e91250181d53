using Sequence.Kernels;
using Sequence.Kernels.Affine;
using Sequence.Mixers;
using Sequence.Scans;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sequence.Framework.Scans;

/// <summary>s_t = e^l s_(t-1) + x_t, y_t = s_t or s_(t-1), with l = -1/2; no closed form.</summary>
internal sealed class Leak : AffineLayer<Decay, TensorState>
{
    private readonly Parameter _log;
    private readonly StateRead _reads;

    public Leak(int width, StateRead reads) : base("leak")
    {
        _log = new Parameter(full(width, -0.5).DetachFromDisposeScope());
        _reads = reads;
        RegisterComponents();
    }

    public override TensorState Start(int batch) => new(zeros(batch, 1, _log.shape[0], _log.dtype));

    public override IAffineSteps<Decay, TensorState> Steps(Tensor x, SequenceContext context, RecentInputs recent) =>
        new LeakSteps(new(context.MaskDecay(_log.expand(x.shape))), new(context.MaskInput(x)), _reads, context.Starts);

    private sealed record LeakSteps(Decay Transition, TensorState Input, StateRead Reads, Tensor? Starts) : IAffineSteps<Decay, TensorState>
    {
        public Tensor ReadOut(TensorState states) => states.Values;
    }
}

/// <summary>x_i the sum of a chunk, Agg(a, b) = tanh(2 a + b), y_t = s + the sum of the chunk up to t: as small as a layer whose brackets matter can be.</summary>
internal sealed class Bent(int chunkSize, int width, Algebra claimed = Algebra.ExactlyBracketed) : PrefixLayer<ChunkState>("bent")
{
    public override int ChunkSize => chunkSize;

    public override IAggregationOperator<ChunkState> Aggregator { get; } = new Bend(claimed);

    public override long OpenBytes => 2 * width * sizeof(double);

    public override ChunkState Encode(Tensor chunks) => new(chunks.sum(2, keepdim: true));

    public override Tensor Infer(ChunkState? prefixes, Tensor chunks) =>
        prefixes is null ? chunks.cumsum(2) : prefixes.Vectors + chunks.cumsum(2);

    public override MixerState Open(ChunkState? prefix, int batch) =>
        new OpenChunk(new long[batch], prefix is null ? zeros(batch, width, float64) : prefix.Vectors.squeeze(2).squeeze(1).clone());

    public override Tensor Continue(Tensor x, SequenceContext context, MixerState chunk)
    {
        var open = (OpenChunk)chunk;
        var y = open.Sum.unsqueeze(1) + context.MaskInput(x).cumsum(1);
        open.Become(y.select(1, y.shape[1] - 1), context, x.shape[1]);
        return y;
    }

    public override Tensor CreateChunk(int batch) => zeros(batch, chunkSize, width, float64);

    /// <summary>What <see cref="PrefixScanMixer{TState}"/> computes of it, chunk by chunk and prefix by prefix: [T, D] -> [T, D].</summary>
    public Tensor ByDefinition(Tensor x)
    {
        var outputs = new List<Tensor>();
        for (var begin = 0L; begin < x.shape[0]; begin += chunkSize)
        {
            var prefix = Prefix(x, 0, begin / chunkSize);
            for (var t = begin; t < Math.Min(begin + chunkSize, x.shape[0]); t++)
                outputs.Add((prefix ?? zeros(width, float64)) + x.narrow(0, begin, t - begin + 1).sum(0L));
        }

        return stack(outputs, 0);
    }

    /// <summary>Chunks begin .. begin + n - 1 as blocks of powers of two, the largest first.</summary>
    private Tensor? Prefix(Tensor x, long begin, long n)
    {
        Tensor? prefix = null;
        for (var size = 1L << 20; size > 0; size /= 2)
        {
            if ((n & size) == 0)
                continue;
            var block = size == 1
                ? x.narrow(0, begin * chunkSize, chunkSize).sum(0L)
                : (2 * Prefix(x, begin, size / 2)! + Prefix(x, begin + size / 2, size / 2)!).tanh();
            prefix = prefix is null ? block : (2 * prefix + block).tanh();
            begin += size;
        }

        return prefix;
    }

    private sealed class Bend(Algebra claimed) : IAggregationOperator<ChunkState>
    {
        public Algebra Algebra => claimed;

        public ChunkState Identity(ChunkState like) => new(full_like(like.Vectors, double.NaN));

        public ChunkState Aggregate(ChunkState earlier, ChunkState later) => new((2 * earlier.Vectors + later.Vectors).tanh());
    }

    private sealed class OpenChunk(long[] positions, Tensor sum) : MixerState(positions)
    {
        public Tensor Sum { get; private set; } = Own(sum);

        public override IReadOnlyList<Tensor> Tensors => [Sum];

        public override MixerState Over(long[] rows, IReadOnlyList<Tensor> tensors) => new OpenChunk(rows, tensors[0]);

        public void Become(Tensor next, SequenceContext context, long time)
        {
            var before = Sum;
            Sum = Own(next.detach().clone());
            before.Dispose();
            for (var row = 0; row < Batch; row++)
                Positions[row] += context.LengthOf(row, time);
        }
    }
}
