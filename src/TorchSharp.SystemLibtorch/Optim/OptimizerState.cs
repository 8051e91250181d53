using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What an optimizer remembers of one parameter. The tensors belong to the optimizer, not to any dispose scope.</summary>
public abstract class OptimizerState(Parameter parameter) : IDisposable
{
    protected Parameter _parameter = parameter;

    /// <summary>Makes the state that a parameter has before its first step.</summary>
    public abstract void Initialize(OptimizerOptions options);

    /// <summary>Copies a checkpoint's values, converting element type and device.</summary>
    public abstract void LoadStateDict(OptimizerState source);

    public abstract void to(Device device);

    public abstract void Dispose();

    private protected Tensor Zeros() => zeros_like(_parameter, requires_grad: false).DetachFromDisposeScope();

    private protected static TState Same<TState>(OptimizerState source) where TState : OptimizerState =>
        source as TState ?? throw new ArgumentException($"The checkpoint's state is {source.GetType().DeclaringType?.Name}'s, not {typeof(TState).DeclaringType?.Name}'s.");

    /// <summary>A copy of a checkpoint's tensor, fit for this parameter; null where the checkpoint has none.</summary>
    private protected Tensor? Copy(Tensor? mine, Tensor? source)
    {
        if (ReferenceEquals(mine, source))
            return mine;
        Tensor? copy = null;
        if (source is not null)
        {
            if (!source.shape.AsSpan().SequenceEqual(_parameter.shape))
                throw new ArgumentException($"The checkpoint's state has shape [{string.Join(", ", source.shape)}], its parameter [{string.Join(", ", _parameter.shape)}].");
            using var frozen = no_grad();
            using var plain = source.detach();
            copy = plain.to(_parameter.dtype, _parameter.device, copy: true).DetachFromDisposeScope();
        }
        mine?.Dispose();
        return copy;
    }

    private protected static void Move(Tensor? tensor, Device device)
    {
        if (tensor is not null)
            TensorMove.InPlace(tensor, device, null, nonBlocking: false);
    }
}
