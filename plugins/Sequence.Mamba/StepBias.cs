using static TorchSharp.torch;

namespace Sequence.Mamba;

/// <summary>Where the biases of step sizes start, so that a layer remembers over short and long times from the first token on.</summary>
internal static class StepBias
{
    /// <summary>Refuses step sizes that are the wrong way round.</summary>
    /// <exception cref="ArgumentException">The shortest step is longer than the longest.</exception>
    public static void Check(double shortest, double longest)
    {
        if (shortest > longest)
            throw new ArgumentException($"shortestStep: {shortest:g} is longer than longestStep {longest:g}.");
    }

    /// <summary>Biases [count] whose softplus is log-uniform between two step sizes.</summary>
    public static Tensor Draw(long count, double shortest, double longest)
    {
        using var scope = NewDisposeScope();
        var step = empty(count).uniform_(Math.Log(shortest), Math.Log(longest)).exp();
        // softplus^-1(s) = log(e^s - 1) = s + log(1 - e^-s)
        return (step + (-(-step).expm1()).log()).MoveToOuterDisposeScope();
    }
}
