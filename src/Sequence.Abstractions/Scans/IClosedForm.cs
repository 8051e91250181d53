using static TorchSharp.torch;

namespace Sequence.Scans;

/// <summary>
/// Steps that can be computed as a whole, without holding the state of every token: a fused scan, a chunked matrix form. Gives what the
/// general schedules give, and is taken instead of them unless a schedule is asked for by name.
/// </summary>
/// <typeparam name="TState">The state.</typeparam>
public interface IClosedForm<TState>
    where TState : IScanState<TState>
{
    /// <summary>Runs all T tokens from the state <paramref name="before"/> them.</summary>
    /// <param name="before">[B, 1, ...].</param>
    /// <returns>The outputs [B, T, D] and the state after the last token, [B, 1, ...].</returns>
    (Tensor Output, TState Last) Run(TState before);
}
