using Sequence.Kernels.Registry;
using Sequence.Scans;
using static TorchSharp.torch;

namespace Sequence.Framework.Scans;

/// <summary>Runs an affine recurrence, s_t = E_t |> s_(t-1) + f_t, under a schedule: from any first state to the outputs and the last state.</summary>
public static class AffineScan
{
    /// <summary>The outputs and the state after the last token.</summary>
    /// <param name="steps">T tokens, at least one.</param>
    /// <param name="before">The state before the first, [B, 1, ...].</param>
    /// <param name="schedule">How; <see cref="ScanSchedule.Auto"/> takes the closed form where there is one.</param>
    /// <returns>[B, T, D] and [B, 1, ...].</returns>
    public static (Tensor Output, TState Last) Run<TTransition, TState>(IAffineSteps<TTransition, TState> steps, TState before, ScanSchedule schedule)
        where TTransition : ITransition<TTransition, TState>
        where TState : IAffineState<TState>
    {
        if (schedule == ScanSchedule.Auto && steps is IClosedForm<TState> closed)
            return closed.Run(before);

        FormRecord.Note(Words(schedule));
        var after = States(new AffineElement<TTransition, TState>(steps.Transition, steps.Input), before, schedule);
        var T = after.Nodes();
        var read = steps.Reads == StateRead.After ? after : Without(ScanStates.Concatenate(before, after.Slice(0, T - 1)), steps.Starts);
        return (steps.ReadOut(read), after.Slice(T - 1, T));
    }

    /// <summary>Every state s_0 .. s_(T-1), [B, T, ...].</summary>
    public static TState States<TTransition, TState>(AffineElement<TTransition, TState> elements, TState before, ScanSchedule schedule)
        where TTransition : ITransition<TTransition, TState>
        where TState : IAffineState<TState>
    {
        var product = new AffineOperator<TTransition, TState>();
        var T = elements.Nodes();
        return schedule switch
        {
            ScanSchedule.Fold => ByPieces(elements, before, 1, piece => piece),
            ScanSchedule.Tree => ByPieces(elements, before, T, piece => InclusiveScan.Inclusive(product, piece)),
            ScanSchedule.Level => ByPieces(elements, before, T, piece => LevelScan.WithLevels(product, piece).Prefixes.Slice(1, T + 1)),
            ScanSchedule.Counter => ByPieces(elements, before, T, piece => BinaryCounter.Inclusive(product, piece)),
            _ => ByPieces(elements, before, ChunkedScan.ChunkSize, piece => InclusiveScan.Inclusive(product, piece)),
        };
    }

    private static string Words(ScanSchedule schedule) => schedule switch
    {
        ScanSchedule.Fold => "fold scan in tensor operations",
        ScanSchedule.Tree => "tree scan in tensor operations",
        ScanSchedule.Level => "level scan in tensor operations",
        ScanSchedule.Counter => "counter scan in tensor operations",
        _ => "chunked scan in tensor operations",
    };

    /// <summary>The states, zero where a document begins.</summary>
    private static TState Without<TState>(TState states, Tensor? starts)
        where TState : IAffineState<TState>
    {
        if (starts is null)
            return states;
        var zero = states.Zero();
        return TState.From([.. states.Tensors.Zip(zero.Tensors, (state, nothing) =>
            where(starts.view([.. starts.shape, .. Enumerable.Repeat(1L, (int)state.dim() - 2)]), nothing, state))]);
    }

    private static TState ByPieces<TTransition, TState>(
        AffineElement<TTransition, TState> elements,
        TState before,
        long size,
        Func<AffineElement<TTransition, TState>, AffineElement<TTransition, TState>> products)
        where TTransition : ITransition<TTransition, TState>
        where TState : IAffineState<TState>
    {
        List<TState> states = [];
        for (var begin = 0L; begin < elements.Nodes(); begin += size)
        {
            var end = Math.Min(begin + size, elements.Nodes());
            states.Add(products(elements.Slice(begin, end)).Apply(before));
            before = states[^1].Slice(end - begin - 1, end - begin);
        }

        return ScanStates.Concatenate(states);
    }
}
