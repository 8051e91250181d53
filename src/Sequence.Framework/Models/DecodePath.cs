using Sequence.Kernels.Steps;
using static TorchSharp.torch;

namespace Sequence.Framework.Models;

/// <summary>
/// One token a row through a whole model, in place: <see cref="SequenceModel.Advance"/> by one token, without gradients, that makes neither tensors nor
/// objects once it is warm. Parameters may be moved, cast or loaded, the model put to training and its schedules set between two steps: each asks whether
/// it may still be taken, before it touches the state. Not to be used from two threads at a time.
/// </summary>
public sealed class DecodePath : IDisposable
{
    private readonly SequenceModel _model;
    private StepBuffers? _buffers;

    internal DecodePath(SequenceModel model) => _model = model;

    /// <summary>Continues sessions by one token a row. The state is updated in place.</summary>
    /// <param name="tokens">One a row.</param>
    /// <param name="state">The sessions.</param>
    /// <returns>The logits [B, C]: the path's own tensor, overwritten by the next step.</returns>
    /// <exception cref="NotSupportedException">The model or the state has no such path where it is now: see <see cref="SequenceModel.StepRefusal"/> and <see cref="ModelState.StepRefusal"/>.</exception>
    /// <exception cref="ModelException">A document is longer than the table of learned positions.</exception>
    public Tensor Step(ReadOnlySpan<long> tokens, ModelState state)
    {
        if ((_model.StepRefusal ?? state.StepRefusal) is { } refusal)
            throw new NotSupportedException($"No step is taken in place: {refusal}. Use {nameof(SequenceModel)}.{nameof(SequenceModel.Advance)}.");
        if (_buffers is null || !_model.Fits(_buffers, state.Batch))
        {
            _buffers?.Dispose();
            _buffers = _model.CreateBuffers(state.Batch);
        }

        _model.Step(tokens, state, _buffers);
        return _buffers.Logits;
    }

    /// <summary>Writes the logits of a row of the last step down.</summary>
    /// <param name="row">Which row.</param>
    /// <param name="logits">As many numbers as the model has classes.</param>
    public void Read(int row, Span<float> logits) => Vectors.Of(_buffers!.Logits).CopyTo(row, logits);

    /// <inheritdoc/>
    public void Dispose() => _buffers?.Dispose();
}
