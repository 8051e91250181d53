using Sequence.Kernels;
using Sequence.Mixers;
#if TORCH_SYSTEM
using TorchSharp;
#endif
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sequence.Framework.Models;

/// <summary>
/// One token a row through a whole model, captured once and replayed. It is bound to the tensors of one state, which each replay moves on in place, and to
/// the memory of the parameters:
/// <code>
/// tokens [B, 1], positions [B, 1] -> logits [B, C]        copied in before a replay, read after it
/// s = Advance(s)                                          s: the state's own tensors
/// </code>
/// </summary>
internal sealed class ReplayedStep : IDisposable
{
    // what loads, tunes and allocates on first use does it before the capture
    private const int WarmUps = 3;

    private readonly SequenceModel _model;
    private readonly IReadOnlyList<Tensor> _state;
    private readonly (Parameter Parameter, IntPtr Memory)[] _parameters;
    private readonly Tensor _tokens, _positions;
    private readonly IStepGraph _graph;
    private Tensor? _read;

    /// <summary>Captures a step from a state, which is left where it is.</summary>
    public ReplayedStep(SequenceModel model, ModelState state, Func<Action, IStepGraph> capture)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        _model = model;
        _state = TensorsOf(state);
        _parameters = [.. model.parameters().Select(parameter => (parameter, Memory(parameter)))];
        var device = _parameters[0].Parameter.device;
        _tokens = zeros(state.Batch, 1, int64, device).DetachFromDisposeScope();
        _positions = zeros(state.Batch, 1, int64, device).DetachFromDisposeScope();
        Logits = zeros(state.Batch, model.Interface.Classes, _parameters[0].Parameter.dtype, device).DetachFromDisposeScope();
        try
        {
            using (var trial = state.Fork())
            {
                for (var time = 0; time < WarmUps; time++)
                    Run(trial.Layers);
            }

            _graph = capture(() => Run(state.Layers));
        }
        catch
        {
            DisposeBuffers();
            throw;
        }
    }

    /// <summary>[B, C]: overwritten by each step.</summary>
    public Tensor Logits { get; }

    /// <summary>Whether it is bound to the tensors that a state has now, and to the memory that the parameters have.</summary>
    public bool Fits(ModelState state) =>
        TensorsOf(state).SequenceEqual(_state, ReferenceEqualityComparer.Instance) && Array.TrueForAll(_parameters, each => Memory(each.Parameter) == each.Memory);

    /// <summary>Moves the state on by one token a row.</summary>
    /// <exception cref="ModelException">A document is longer than the table of learned positions.</exception>
    public void Step(ReadOnlySpan<long> tokens, ModelState state)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(tokens.Length, state.Batch, nameof(tokens));
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        foreach (var token in tokens)
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)token, (ulong)_model.Interface.Vocabulary, nameof(tokens));
        if (_model.Options.LearnedPositions is { } longest)
        {
            foreach (var seen in state.Seen)
                LearnedPositions.Require(seen, longest);
            Send(state.Seen, _positions);
            for (var row = 0; row < state.Batch; row++)
                state.Seen[row]++;
        }

        Send(tokens.ToArray(), _tokens);
        _graph.Replay();
        foreach (var layer in state.Layers)
        {
            for (var row = 0; row < state.Batch; row++)
                layer.Positions[row]++;
        }

        _read?.Dispose();
        _read = null;
    }

    /// <summary>Writes the logits of a row down; the first row waits for the device, and brings the others along.</summary>
    public void Read(int row, Span<float> logits)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        _read ??= Logits.to(ScalarType.Float32).cpu().contiguous().DetachFromDisposeScope();
        Copy(_read, row, logits);
    }

    /// <summary>Writes a row of logits [B, C] down.</summary>
    public static void Copy(Tensor logits, int row, Span<float> target)
    {
        using var scope = NewDisposeScope();
        logits.select(0, row).to(ScalarType.Float32).cpu().contiguous().data<float>().CopyTo(target);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _graph.Dispose();
        DisposeBuffers();
        _read?.Dispose();
    }

    private void DisposeBuffers()
    {
        _tokens.Dispose();
        _positions.Dispose();
        Logits.Dispose();
    }

    private static IReadOnlyList<Tensor> TensorsOf(ModelState state) => [.. state.Layers.SelectMany(layer => layer.Tensors)];

    private static IntPtr Memory(Tensor tensor) =>
#if TORCH_SYSTEM
        SystemLibtorch.Address(tensor);
#else
        tensor.Handle;
#endif

    /// <summary>What is captured.</summary>
    private void Run(IReadOnlyList<MixerState> layers)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        Logits.copy_(Work(layers));
    }

    /// <summary>The logits; the tensors of the layers hold the state after the token.</summary>
    private Tensor Work(IReadOnlyList<MixerState> layers)
    {
        // states that look at the same memory, so that the model may put others in the place of their tensors
        var views = layers.Select(layer => layer.Over([.. layer.Positions], [.. layer.Tensors.Select(tensor => tensor.detach().DetachFromDisposeScope())])).ToList();
        try
        {
            var logits = _model.Step(_tokens, _positions, views);
            foreach (var (layer, view) in layers.Zip(views))
            {
                foreach (var (held, next) in layer.Tensors.Zip(view.Tensors))
                    held.copy_(next);
            }

            return logits;
        }
        finally
        {
            foreach (var view in views)
                view.Dispose();
        }
    }

    /// <summary>Copies a number a row to the device, without waiting for it.</summary>
    private static void Send(long[] numbers, Tensor target) => target.copy_(tensor(numbers, [numbers.Length, 1]).SentTo(target.device));
}
