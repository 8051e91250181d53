using Sequence.Scans;
using static TorchSharp.torch;

namespace Sequence.Framework.Scans;

/// <summary>What schedules do to nodes, whatever a node is: everything along the node axis, dimension 1.</summary>
public static class ScanStates
{
    /// <summary>N.</summary>
    public static long Nodes<TState>(this TState state)
        where TState : IScanState<TState>
        => state.Tensors[0].shape[1];

    /// <summary>The same operation on every tensor.</summary>
    public static TState Each<TState>(this TState state, Func<Tensor, Tensor> operation)
        where TState : IScanState<TState>
        => TState.From([.. state.Tensors.Select(operation)]);

    /// <summary>Nodes <paramref name="from"/>, from + step, ... before <paramref name="to"/>.</summary>
    public static TState Slice<TState>(this TState state, long from, long to, long step = 1)
        where TState : IScanState<TState>
        => state.Each(tensor => tensor.slice(1, from, to, step));

    /// <summary>The nodes of all, one after the other.</summary>
    public static TState Concatenate<TState>(params IReadOnlyList<TState> states)
        where TState : IScanState<TState>
        => Join(states, parts => cat(parts, 1));

    /// <summary>even_0, odd_0, even_1, odd_1, ...: as many odd nodes as even ones, or one fewer.</summary>
    public static TState Interleave<TState>(TState even, TState odd)
        where TState : IScanState<TState>
    {
        var pairs = odd.Nodes();
        var woven = Join([even.Slice(0, pairs), odd], parts => stack(parts, 2).flatten(1, 2));
        return even.Nodes() == pairs ? woven : Concatenate(woven, even.Slice(pairs, pairs + 1));
    }

    /// <summary>One node, <paramref name="count"/> times, without a copy.</summary>
    public static TState Repeat<TState>(this TState state, long count)
        where TState : IScanState<TState>
        => state.Each(tensor => tensor.expand([tensor.shape[0], count, .. tensor.shape[2..]]));

    /// <summary>Bytes held.</summary>
    public static long Bytes<TState>(this TState state)
        where TState : IScanState<TState>
        => state.Tensors.Sum(tensor => tensor.numel() * tensor.element_size());

    private static TState Join<TState>(IReadOnlyList<TState> states, Func<Tensor[], Tensor> operation)
        where TState : IScanState<TState>
        => states.Count == 1
            ? states[0]
            : TState.From([.. Enumerable.Range(0, TState.TensorCount).Select(i => operation([.. states.Select(state => state.Tensors[i])]))]);
}
