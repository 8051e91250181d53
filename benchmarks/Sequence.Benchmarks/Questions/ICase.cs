using Sequence.Benchmarks.Measuring;
using static TorchSharp.torch;

namespace Sequence.Benchmarks.Questions;

/// <summary>A question at one size, with its tensors.</summary>
public interface ICase : IDisposable
{
    /// <summary>Does the work once.</summary>
    void Run(Pass pass);

    /// <summary>What the work gives, by name, as the peer's file of a form names it; owned by the current scope.</summary>
    IReadOnlyDictionary<string, Tensor> Results(Pass pass);

    /// <summary>Writes the tensors for the peer.</summary>
    void Save(string folder);

    /// <summary>Bytes of inputs, outputs and their gradients, and those among them that are made by the work; null where that is not the question.</summary>
    (long All, long Made)? Bytes(Pass pass);

    /// <summary>
    /// The largest difference between this case and a shorter one of the same question on the same first <paramref name="tokens"/>, where a peer is too slow to be asked;
    /// null where the question has no such law.
    /// </summary>
    double? DifferenceOfPrefix(Pass pass, long tokens);

    /// <summary>
    /// How far our values are from those of the plain form in float64 at the end of a long case, where what came before is in the state; null where the question
    /// has no end of its own.
    /// </summary>
    /// <param name="results">What <see cref="Results"/> gave.</param>
    double? DifferenceOfEnd(IReadOnlyDictionary<string, Tensor> results);

    /// <summary>With what the end is compared, in words.</summary>
    string End { get; }
}
