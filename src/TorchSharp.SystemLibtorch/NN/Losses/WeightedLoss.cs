using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>A loss with one weight a class (or an element), moved with the module but no part of its state dictionary.</summary>
public abstract class WeightedLoss<T1, T2, TResult> : Loss<T1, T2, TResult>
{
    protected WeightedLoss(string name, Tensor? weight, nn.Reduction reduction) : base(name, reduction)
    {
        this.weight = weight;
        ConditionallyRegisterBuffer(nameof(weight), weight, persistent: false);
    }

    public Tensor? weight { get; }
}
