using System.Runtime.CompilerServices;
using Sequence.Framework.Models;
using Sequence.Kernels.Registry;
using Sequence.Tasks;

namespace Sequence.Framework.Sessions;

/// <summary>
/// One text and the state that it has left in the model. A prompt is taken in, then each token costs one step, whatever came before it; a further prompt, or none,
/// goes on from there. Any number of sessions may use one model at the same time; a session is for one caller at a time.
/// </summary>
public sealed class GenerationSession : IDisposable
{
    private readonly SequenceModel _model;
    private readonly ITokenizer _tokenizer;
    private readonly TokenSession _tokens;
    private readonly TextStream _text;

    internal GenerationSession(SequenceModel model, ITokenizer tokenizer, TokenSession tokens, TextStream text) =>
        (_model, _tokenizer, _tokens, _text) = (model, tokenizer, tokens, text);

    /// <summary>How the session was started.</summary>
    public SessionOptions Options => _tokens.Options;

    /// <summary>Tokens taken in.</summary>
    public long Position => _tokens.Positions[0];

    /// <summary>Bytes of the state.</summary>
    public long StateBytes => _tokens.StateBytes;

    /// <summary>Bytes of the state at most, within any call: see <see cref="TokenSession.PeakStateBytes"/>.</summary>
    public long PeakStateBytes => _tokens.PeakStateBytes;

    /// <summary>Bytes held beside the state.</summary>
    public long ReservedBytes => _tokens.ReservedBytes;

    /// <summary>How tokens are taken in one by one, and why not in place where they are not.</summary>
    public FormUsed StepForm => _tokens.StepForm;

    /// <summary>Why the text ended; null before its end.</summary>
    public GenerationEnd? End => _text.End;

    /// <summary>
    /// The text after a prompt, piece by piece as its tokens are drawn, in whole characters. Stop by not asking for more: the session stands behind the last
    /// piece, and an empty prompt goes on from there. Bytes of a character that is cut short at the end come with the rest of it then.
    /// </summary>
    /// <param name="prompt">Behind what came before in this session; may be empty where something did.</param>
    /// <param name="options">How tokens are chosen; null for the session's way.</param>
    /// <param name="cancellation">Looked at before each token, and between the chunks of a prompt.</param>
    /// <exception cref="ArgumentException">The prompt has no tokens, and nothing stands before it; or an option is out of its range.</exception>
    public IEnumerable<string> Generate(string prompt, GenerationOptions? options = null, CancellationToken cancellation = default)
    {
        options = Checked(options);
        return Pieces(Encoded(prompt), options, cancellation);
    }

    /// <summary>
    /// As <see cref="Generate"/>, each piece made on a thread of the pool while the caller is free: one piece at a time, when it is asked for, so that the session is
    /// never ahead of what was seen of it.
    /// </summary>
    /// <exception cref="ArgumentException">The prompt has no tokens, and nothing stands before it; or an option is out of its range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; what came before stands, and can be gone on from.</exception>
    public IAsyncEnumerable<string> GenerateAsync(string prompt, GenerationOptions? options = null, CancellationToken cancellation = default)
    {
        options = Checked(options);
        return Background(Encoded(prompt), options, cancellation);
    }

    /// <summary>An independent session that stands where this one does, its random stream too: give one a seed to part them.</summary>
    public GenerationSession Fork() => new(_model, _tokenizer, _tokens.Fork(), _text.Fork());

    /// <summary>Writes the session into a file, at once or not at all: <see cref="TrainedModel.LoadSession"/>, in this process or another, goes on from it with the same text.</summary>
    public void Save(string path) => _tokens.Save(path, _text.Saved);

    /// <inheritdoc/>
    public void Dispose() => _tokens.Dispose();

    private GenerationOptions Checked(GenerationOptions? options)
    {
        options ??= Options.Generation;
        options.Validate();
        return options;
    }

    private long[] Encoded(string prompt)
    {
        var tokens = _tokenizer.Encode(prompt);
        return tokens.Length > 0 || _text.Untaken.Count > 0
            ? tokens
            : throw new ArgumentException("The prompt has no tokens: a model needs at least one to go on from.", nameof(prompt));
    }

    private IEnumerable<string> Pieces(long[] prompt, GenerationOptions options, CancellationToken cancellation)
    {
        _text.Begin(prompt, options);
        while (_text.End is null)
        {
            cancellation.ThrowIfCancellationRequested();
            if (_text.Draw(TakeIn(cancellation)) is { Length: > 0 } piece)
                yield return piece;
        }
    }

    /// <summary>Takes in what the model has not seen of the text, and gives the logits behind it; where that is cancelled, what is left can be taken in later.</summary>
    private ReadOnlySpan<float> TakeIn(CancellationToken cancellation)
    {
        if (_text.Untaken is [var token])
        {
            var logits = _tokens.Step(token);
            _text.Take(1);
            return logits;
        }

        var before = Position;
        try
        {
            return _tokens.Prefill([.. _text.Untaken], cancellation);
        }
        finally
        {
            _text.Take((int)(Position - before));
        }
    }

    private async IAsyncEnumerable<string> Background(long[] prompt, GenerationOptions options, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // a piece is made within one call, so no tensor and no scope of one is left open across an await
        using var pieces = Pieces(prompt, options, cancellation).GetEnumerator();
        while (await Task.Run(pieces.MoveNext, cancellation).ConfigureAwait(false))
            yield return pieces.Current;
    }
}
