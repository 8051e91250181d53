using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>A module that compares a prediction with a target.</summary>
public abstract class Loss<T1, T2, TResult>(string name, nn.Reduction reduction) : nn.Module<T1, T2, TResult>(name)
{
    public nn.Reduction reduction { get; } = reduction;
}
