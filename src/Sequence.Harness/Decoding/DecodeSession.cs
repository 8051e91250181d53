using System.Diagnostics;
using Sequence.Framework.Models;
using Sequence.Mixers;
using Sequence.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Harness.Decoding;

/// <summary>Sequences of random tokens that a model takes in: in pieces while nobody looks, one by one under the clock.</summary>
internal sealed class DecodeSession : IDisposable
{
    private readonly SequenceModel _model;
    private readonly DecodeOptions _options;
    private readonly Device _device;
    private readonly ModelState _state;

    // null where each token takes the forms of whole sequences
    private readonly DecodePath? _path;

    private readonly long[] _next;

    private DecodeSession(SequenceModel model, DecodeOptions options, Device device, ModelState state, long seen)
    {
        (_model, _options, _device, _state, Seen) = (model, options, device, state, seen);
        _next = new long[options.Batch];
        _path = model.FusesSteps ? model.CreateDecodePath() : null;
    }

    /// <summary>Tokens that each sequence has taken in.</summary>
    public long Seen { get; private set; }

    /// <summary>What is remembered of them.</summary>
    public ModelState State => _state;

    /// <summary>Before the first token.</summary>
    public static DecodeSession Start(DecodeContender contender, SequenceModel model, DecodeOptions options, Device device) =>
        new(model, options, device, model.CreateState(options.Batch, contender.Plan(model)), seen: 0);

    /// <summary>Another session that goes on from here.</summary>
    public DecodeSession Fork() => new(_model, _options, _device, _state.Fork(), Seen);

    /// <summary>Takes tokens in, in pieces, up to <paramref name="position"/>.</summary>
    public void Prefill(long position)
    {
        while (Seen < position)
        {
            using var scope = NewDisposeScope();
            var (B, t) = (_options.Batch, (int)Math.Min(_options.Piece, position - Seen));
            var tokens = new long[B, t];
            for (var row = 0; row < B; row++)
            {
                for (var column = 0; column < t; column++)
                    tokens[row, column] = Token(row, Seen + column);
            }

            _model.Advance(tensor(tokens).to(_device), SequenceContext.Dense, _state);
            Seen += t;
        }
    }

    /// <summary>Takes a turn, one token after the other, and gives its milliseconds a token.</summary>
    public double Turn()
    {
        Settle();
        var clock = Stopwatch.GetTimestamp();
        for (var step = 0; step < _options.Turn; step++)
            Step();
        Settle();
        return Stopwatch.GetElapsedTime(clock).TotalMilliseconds / _options.Turn;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _path?.Dispose();
        _state.Dispose();
    }

    private void Step()
    {
        for (var row = 0; row < _next.Length; row++)
            _next[row] = Token(row, Seen);
        Seen++;
        if (_path is not null)
        {
            _path.Step(_next, _state);
            return;
        }

        using var scope = NewDisposeScope();
        _model.Advance(tensor(_next).unsqueeze(1).to(_device), SequenceContext.Dense, _state);
    }

    // a GPU is given work and does it later: before the clock, what came before; within it, what was timed
    private void Settle()
    {
        if (_device.type == DeviceType.CUDA)
            cuda.synchronize(_device);
    }

    private long Token(int row, long position) => new SplitMix(_options.Seed + row, position).Below(_options.Vocabulary);
}
