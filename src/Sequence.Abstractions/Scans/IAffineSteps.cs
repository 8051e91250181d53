using static TorchSharp.torch;

namespace Sequence.Scans;

/// <summary>
/// What T tokens do to a state, and how their outputs are read from it:
/// <code>
/// s_t = E_t |> s_(t-1) + f_t
/// y_t = ReadOut(s_t, token t)
/// </code>
/// A schedule asks for each at most once, and only for what it needs.
/// </summary>
/// <typeparam name="TTransition">E.</typeparam>
/// <typeparam name="TState">s and f.</typeparam>
public interface IAffineSteps<TTransition, TState>
    where TTransition : ITransition<TTransition, TState>
    where TState : IAffineState<TState>
{
    /// <summary>E, [B, T, ...]. The identity at padded positions; zero where a document begins.</summary>
    TTransition Transition { get; }

    /// <summary>f, [B, T, ...]. Zero at padded positions.</summary>
    TState Input { get; }

    /// <summary>Which state <see cref="ReadOut"/> gets.</summary>
    StateRead Reads => StateRead.After;

    /// <summary>[B, T] bool, true where a document begins: needed where <see cref="Reads"/> is <see cref="StateRead.Before"/>, since nothing is before it.</summary>
    Tensor? Starts => null;

    /// <summary>The outputs from the states [B, T, ...]: [B, T, D].</summary>
    Tensor ReadOut(TState states);
}
