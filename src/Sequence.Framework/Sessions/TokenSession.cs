using Sequence.Components;
using Sequence.Framework.Caching;
using Sequence.Framework.Models;
using Sequence.Kernels.Registry;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Framework.Sessions;

/// <summary>
/// A batch of B rows of tokens and the state that they have left in a model. Prompts are taken in at once (prefill), a bounded number of tokens at a time; then each
/// step takes one token a row, in place where the model and the state allow it. Any number of sessions may use one model at the same time, from any threads;
/// a session is for one caller at a time. It ends with its own disposal and leaves the model alone.
/// </summary>
public sealed class TokenSession : IDisposable
{
    private readonly SequenceModel _model;
    private readonly SessionOptions _options;
    private readonly KernelPreference _kernels;
    private readonly int _chunk;
    private readonly Turn _turn = new();

    // null where each token takes the forms of whole sequences
    private readonly DecodePath? _path;

    private readonly FormUsed _stepForm;

    private ModelState _state;
    private float[][] _logits;
    private bool _isBroken, _isDisposed;

    internal TokenSession(SequenceModel model, SessionOptions options, int batch) : this(model, options, Begin(model, options, batch))
    {
    }

    private TokenSession(SequenceModel model, SessionOptions options, ModelState state)
    {
        (_model, _options, _state, _kernels) = (model, options, state, options.Kernels ?? KernelPreference.Auto);
        _chunk = options.PrefillChunk ?? (state.DecidesByCall ? int.MaxValue : SessionOptions.UsualPrefillChunk);
        _logits = [.. Enumerable.Range(0, state.Batch).Select(_ => Array.Empty<float>())];
        try
        {
            using var preferred = KernelScope.Prefer(_kernels);
            using var record = FormRecord.Begin();
            _path = model.Fuses(state) ? model.CreateDecodePath() : null;
            _stepForm = record.Forms[0];
        }
        catch
        {
            state.Dispose();
            throw;
        }
    }

    /// <summary>How the session was started.</summary>
    public SessionOptions Options => _options;

    /// <summary>Rows, B.</summary>
    public int Batch => _state.Batch;

    /// <summary>Tokens that each row has taken in.</summary>
    public IReadOnlyList<long> Positions => _state.Positions;

    /// <summary>Bytes of the state, over all layers and rows.</summary>
    public long StateBytes => _state.Bytes;

    /// <summary>Bytes that were held at most within any call, before what a cache policy does not keep was dropped; each layer at its own worst.</summary>
    public long PeakStateBytes => _state.PeakBytes;

    /// <summary>Bytes held beside the state: room to grow, and forms that are made for speed.</summary>
    public long ReservedBytes => _state.ReservedBytes;

    /// <summary>How tokens are taken in one by one, and why not in place where they are not.</summary>
    public FormUsed StepForm => _path?.Fallback ?? _stepForm;

    internal ModelState State => _state;

    /// <summary>Takes a prompt in, behind what a session of one row has taken in.</summary>
    /// <returns>The logits after its last token, [C]: good until the next call.</returns>
    /// <exception cref="ArgumentException">There are no tokens, or the session has more rows than one, or a token is not of the vocabulary.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, between two chunks of the prompt: those before are taken in.</exception>
    public ReadOnlySpan<float> Prefill(scoped ReadOnlySpan<long> tokens, CancellationToken cancellation = default)
    {
        Prefill([tokens.ToArray()], cancellation);
        return _logits[0];
    }

    /// <summary>Takes prompts of any lengths in, one a row. A row may have none where it has taken tokens in before.</summary>
    /// <exception cref="ArgumentException">There are not as many prompts as rows; a row has no tokens at all; a token is not of the vocabulary.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, between two chunks of the prompts: those before are taken in.</exception>
    public void Prefill(IReadOnlyList<long[]> prompts, CancellationToken cancellation = default)
    {
        using var turn = Enter();
        RequireRows(prompts.Count, nameof(prompts));
        RequireEvaluation(_model);
        for (var row = 0; row < prompts.Count; row++)
        {
            if (prompts[row].Length == 0 && Positions[row] == 0)
                throw new ArgumentException($"The prompt of row {row} has no tokens: a model needs at least one to go on from.", nameof(prompts));
            RequireTokens(prompts[row], nameof(prompts));
        }

        var longest = prompts.Max(prompt => prompt.Length);
        for (var from = 0; from < longest; from += Math.Min(_chunk, longest - from))
        {
            cancellation.ThrowIfCancellationRequested();
            Advance(prompts, from, Math.Min(_chunk, longest - from));
        }
    }

    /// <summary>Takes one token in, in a session of one row.</summary>
    /// <returns>The logits after it, [C]: good until the next call.</returns>
    /// <exception cref="ArgumentException">The session has more rows than one, or the token is not of the vocabulary.</exception>
    public ReadOnlySpan<float> Step(long token)
    {
        Step([token]);
        return _logits[0];
    }

    /// <summary>Takes one token a row in.</summary>
    /// <exception cref="ArgumentException">There are not as many tokens as rows, or one is not of the vocabulary.</exception>
    public void Step(ReadOnlySpan<long> tokens)
    {
        using var turn = Enter();
        RequireRows(tokens.Length, nameof(tokens));
        RequireTokens(tokens, nameof(tokens));
        RequireEvaluation(_model);

        // a model that was moved or cast since has another way, or none in place
        if (_path is null || _model.StepRefusal is not null)
        {
            var each = tokens.ToArray();
            Advance([.. each.Select(token => new[] { token })], 0, 1);
            return;
        }

        using var preferred = KernelScope.Prefer(_kernels);
        _isBroken = true;
        _path.Step(tokens, _state);
        _isBroken = false;
        for (var row = 0; row < tokens.Length; row++)
            _path.Read(row, Row(row));
    }

    /// <summary>The logits after the last token of a row, [C]: good until the next call; empty before the first token.</summary>
    public ReadOnlySpan<float> Logits(int row = 0) => _logits[row];

    /// <summary>An independent session that stands where this one does: what one takes in, the other does not see.</summary>
    public TokenSession Fork()
    {
        using var turn = Enter();
        return new TokenSession(_model, _options, _state.Fork()) { _logits = [.. _logits.Select(row => (float[])row.Clone())] };
    }

    /// <summary>Goes on with the chosen rows, in that order: those that are finished are left out and freed, and a row that is chosen twice parts.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A row is not in 0..B-1.</exception>
    public void Keep(IReadOnlyList<int> rows)
    {
        using var turn = Enter();
        var kept = _state.Gather(rows);
        _state.Dispose();
        (_state, _logits) = (kept, [.. rows.Select(row => (float[])_logits[row].Clone())]);
    }

    /// <summary>Writes the session into a file, at once or not at all: <see cref="SequenceModel.LoadSession"/>, in this process or another, goes on from it with the same outputs.</summary>
    public void Save(string path) => Save(path, text: null);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        using var turn = _turn.Take();
        _isDisposed = true;
        _path?.Dispose();
        _state.Dispose();
    }

    /// <summary>As <see cref="Save(string)"/>, with the text that the tokens are of.</summary>
    internal void Save(string path, SavedText? text)
    {
        using var turn = Enter();
        SessionFile.Write(path, _model, this, text);
    }

    /// <summary>A session that stands where a saved one did.</summary>
    internal static TokenSession Of(SequenceModel model, SessionOptions options, ModelState state, float[][] logits) => new(model, options, state) { _logits = logits };

    private static ModelState Begin(SequenceModel model, SessionOptions options, int batch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        if (options.PrefillChunk is { } chunk)
            ArgumentOutOfRangeException.ThrowIfLessThan(chunk, 1, nameof(options));
        if (model.Options.ReadOut is not null)
            throw new InvalidOperationException("The model tells one class of a whole sequence, which has no next token: only a language model, trained on a task with a target for every token, generates.");
        RequireEvaluation(model);
        var context = new ComponentContext(model.Options.DModel, Layer: 0, model.Mixers.Count);
        return model.CreateState(batch, options.Cache is { } cache ? CachePlan.Of(model, cache) : null, options.State?.Create(context));
    }

    private static void RequireEvaluation(SequenceModel model)
    {
        if (model.training)
            throw new InvalidOperationException("The model is in training, where what it computes is left to chance: call eval() first.");
    }

    /// <summary>Takes the turn, where the state is whole.</summary>
    private Turn.Scope Enter()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _isBroken
            ? throw new InvalidOperationException("An earlier call failed while it moved the state on, layer by layer: begin the session anew, or from a file or fork of before.")
            : _turn.Take();
    }

    /// <summary>Takes in the tokens of each row from one on, at most so many.</summary>
    private void Advance(IReadOnlyList<long[]> rows, int from, int count)
    {
        long[] lengths = [.. rows.Select(row => (long)Math.Clamp(row.Length - from, 0, count))];
        var padded = new long[rows.Count * count];
        for (var row = 0; row < rows.Count; row++)
            rows[row].AsSpan(Math.Min(from, rows[row].Length), (int)lengths[row]).CopyTo(padded.AsSpan(row * count));

        using var preferred = KernelScope.Prefer(_kernels);
        using var scope = NewDisposeScope();
        var context = lengths.All(length => length == count) ? SequenceContext.Dense : new SequenceContext { Lengths = lengths };
        _isBroken = true;
        var logits = _model.Continue(tensor(padded, [rows.Count, count]), context, _state).to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
        _isBroken = false;
        for (var row = 0; row < rows.Count; row++)
        {
            if (lengths[row] > 0)
                logits.AsSpan(row * _model.Interface.Classes, _model.Interface.Classes).CopyTo(Row(row));
        }
    }

    private float[] Row(int row)
    {
        if (_logits[row].Length == 0)
            _logits[row] = new float[_model.Interface.Classes];
        return _logits[row];
    }

    private void RequireRows(int count, string name)
    {
        if (count != Batch)
            throw new ArgumentException($"{count} rows were given to a session of {Batch}.", name);
    }

    private void RequireTokens(ReadOnlySpan<long> tokens, string name)
    {
        foreach (var token in tokens)
        {
            if (token < 0 || token >= _model.Interface.Vocabulary)
                throw new ArgumentException($"Token {token} is not of the vocabulary, 0 to {_model.Interface.Vocabulary - 1}.", name);
        }
    }
}
