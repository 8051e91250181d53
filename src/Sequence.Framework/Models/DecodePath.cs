using System.Runtime.InteropServices;
using Sequence.Kernels.Registry;
using Sequence.Kernels.Steps;
using static TorchSharp.torch;

namespace Sequence.Framework.Models;

/// <summary>
/// One token a row through a whole model: <see cref="SequenceModel.Advance"/> by one token, without gradients, with the state in place. On the CPU it makes neither
/// tensors nor objects once it is warm; on a GPU it is captured into a CUDA graph, which is launched again for every token. Parameters may be moved, cast or
/// loaded, the model put to training and its schedules set between two steps: each asks whether it may still be taken, before it touches the state. Not to
/// be used from two threads at a time.
/// </summary>
public sealed class DecodePath : IDisposable
{
    private readonly SequenceModel _model;

    // null for what goes with the device
    private readonly Func<Action, IStepGraph>? _capture;

    private StepBuffers? _buffers;
    private ReplayedStep? _replayed;
    private Tensor? _advanced;

    internal DecodePath(SequenceModel model, Func<Action, IStepGraph>? capture = null) => (_model, _capture) = (model, capture);

    /// <summary>What steps are taken in, and why, since one that was to be replayed could not be captured; null while none has failed.</summary>
    public FormUsed? Fallback { get; private set; }

    /// <summary>Continues sessions by one token a row. The state is updated in place.</summary>
    /// <param name="tokens">One a row.</param>
    /// <param name="state">The sessions.</param>
    /// <returns>The logits [B, C]: the path's own tensor, overwritten by the next step.</returns>
    /// <exception cref="NotSupportedException">The model or the state has no such path where it is now: see <see cref="SequenceModel.StepRefusal"/> and <see cref="ModelState.StepRefusal"/>.</exception>
    /// <exception cref="ModelException">A document is longer than the table of learned positions.</exception>
    /// <exception cref="KernelException">Fused kernels are demanded, and the step could not be captured.</exception>
    public Tensor Step(ReadOnlySpan<long> tokens, ModelState state)
    {
        var replays = _capture is not null || _model.ReplaysSteps;
        if (((_capture is null ? _model.StepRefusal : _model.ReplayRefusal) ?? state.StepRefusal) is { } refusal)
            throw new NotSupportedException($"No step is taken in place: {refusal}. Use {nameof(SequenceModel)}.{nameof(SequenceModel.Advance)}.");
        if (replays)
            return Replayed(tokens, state);
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
    public void Read(int row, Span<float> logits)
    {
        if (_advanced is not null)
            ReplayedStep.Copy(_advanced, row, logits);
        else if (_replayed is not null)
            _replayed.Read(row, logits);
        else
            Vectors.Of(_buffers!.Logits).CopyTo(row, logits);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _buffers?.Dispose();
        _replayed?.Dispose();
        _advanced?.Dispose();
    }

    private Tensor Replayed(ReadOnlySpan<long> tokens, ModelState state)
    {
        // a prompt, or a choice of rows, puts other tensors in the place of those that were captured
        if (Fallback is null && _replayed?.Fits(state) != true)
            Capture(state);
        if (_replayed is null)
            return Advanced(tokens, state);
        _replayed.Step(tokens, state);
        return _replayed.Logits;
    }

    private void Capture(ModelState state)
    {
        _replayed?.Dispose();
        _replayed = null;
        try
        {
            _replayed = new ReplayedStep(_model, state, _capture ?? (work => CudaStepGraph.Capture(work, _model.Device)));
        }
        catch (ExternalException failure) when (KernelScope.Preference != KernelPreference.Fused)
        {
            Fallback = new(StepKernel.Kernel.Name, StepKernel.Kernel.Reference, $"no step could be captured: {failure.Message}");
        }
        catch (ExternalException failure)
        {
            throw new KernelException($"No step could be captured into a CUDA graph: {failure.Message} Choose kernels: auto, which then takes the {StepKernel.Kernel.Reference}.");
        }
    }

    private Tensor Advanced(ReadOnlySpan<long> tokens, ModelState state)
    {
        using var scope = NewDisposeScope();
        _advanced?.Dispose();
        return _advanced = _model.Advance(tensor(tokens.ToArray(), [tokens.Length, 1]), Mixers.SequenceContext.Dense, state).squeeze(1).DetachFromDisposeScope();
    }
}
