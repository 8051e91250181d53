using static TorchSharp.torch;

namespace Sequence.Benchmarks.Questions;

/// <summary>The last tokens of a long case, computed once more by a plain form, so that values are compared where the state has come a long way.</summary>
public interface IEnding
{
    /// <summary>How many tokens.</summary>
    long Tokens { get; }

    /// <summary>What our values are compared with.</summary>
    string Words { get; }

    /// <summary>Outputs at the last tokens, and gradients to inputs there, as a case names them.</summary>
    /// <param name="inputs">Of the whole case, by name.</param>
    /// <param name="gradients">Of its outputs.</param>
    IReadOnlyDictionary<string, Tensor> Compute(IReadOnlyDictionary<string, Tensor> inputs, IReadOnlyList<Tensor> gradients);
}
