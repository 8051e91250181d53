using Sequence.Framework.Models;
using Sequence.Kernels.Registry;
using Sequence.Mixers;
using Sequence.Tasks;
using static TorchSharp.torch;

namespace Sequence.Framework.Sessions;

/// <summary>
/// One stream of text and the state that it has left in the model. A prompt is taken in at once (prefill), then each token costs one step,
/// whatever came before it; a further prompt goes on from there. Not to be used from two threads at a time.
/// </summary>
public sealed class GenerationSession : IDisposable
{
    private readonly SequenceModel _model;
    private readonly ITokenizer _tokenizer;
    private readonly Device _device;
    private readonly KernelPreference _kernels;
    private readonly ModelState _state;
    private readonly PieceDecoder _decoder;

    // null where each token takes the forms of whole sequences
    private readonly DecodePath? _path;
    private readonly float[] _logits;

    // drawn, shown, and not yet taken in
    private long? _last;

    internal GenerationSession(SequenceModel model, ITokenizer tokenizer, Device device, KernelPreference kernels = KernelPreference.Auto)
    {
        _model = model;
        _tokenizer = tokenizer;
        _device = device;
        _kernels = kernels;
        _state = model.CreateState(1);
        _decoder = new PieceDecoder(tokenizer);
        _logits = new float[model.Interface.Classes];

        using var preferred = KernelScope.Prefer(kernels);
        using var record = FormRecord.Begin();
        _path = model.FusesSteps ? model.CreateDecodePath() : null;
        StepForm = record.Forms[0];
    }

    /// <summary>Bytes of the state.</summary>
    public long StateBytes => _state.Bytes;

    /// <summary>How tokens are taken in one by one, and why not in place where they are not.</summary>
    public FormUsed StepForm { get; }

    /// <summary>The text after a prompt, piece by piece as its tokens are drawn. Stop by not asking for more.</summary>
    /// <exception cref="ArgumentException">The prompt has no tokens, and nothing stands before it.</exception>
    public IEnumerable<string> Generate(string prompt, GenerationOptions options)
    {
        var tokens = _tokenizer.Encode(prompt);
        if (tokens.Length == 0 && _last is null)
            throw new ArgumentException("The prompt has no tokens: a model needs at least one to go on from.", nameof(prompt));
        return Pieces(tokens, options);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _path?.Dispose();
        _state.Dispose();
    }

    private IEnumerable<string> Pieces(long[] prompt, GenerationOptions options)
    {
        var sampler = new TokenSampler(options);
        _decoder.Follow(prompt);
        long[] taken = _last is { } before ? [before, .. prompt] : prompt;
        for (var drawn = 0; drawn < options.MaxTokens; drawn++)
        {
            var next = sampler.Draw(Advance(taken));
            _last = next;
            taken = [next];
            if (_decoder.Add(next) is { Length: > 0 } piece)
                yield return piece;
        }

        if (_decoder.Flush() is { Length: > 0 } rest)
            yield return rest;
    }

    /// <summary>Takes tokens in and gives the logits after the last of them, [C].</summary>
    private float[] Advance(long[] tokens)
    {
        if (tokens.Length == 1 && _path is not null)
        {
            _path.Step(tokens, _state);
            _path.Read(0, _logits);
            return _logits;
        }

        using var preferred = KernelScope.Prefer(_kernels);
        using var scope = NewDisposeScope();
        var logits = _model.Advance(tensor(tokens, [1, tokens.Length]).to(_device), SequenceContext.Dense, _state);
        return logits[0, -1].to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
    }
}
