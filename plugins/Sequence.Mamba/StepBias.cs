using static TorchSharp.torch;

namespace Sequence.Mamba;

/// <summary>Where the biases of step sizes start, so that a layer remembers over short and long times from the first token on.</summary>
internal static class StepBias
{
    /// <summary>Biases [count] whose softplus is log-uniform between two step sizes.</summary>
    public static Tensor Draw(long count, double shortest, double longest)
    {
        using var scope = NewDisposeScope();
        var step = empty(count).uniform_(Math.Log(shortest), Math.Log(longest)).exp();
        // softplus^-1(s) = log(e^s - 1) = s + log(1 - e^-s)
        return (step + (-(-step).expm1()).log()).MoveToOuterDisposeScope();
    }
}
