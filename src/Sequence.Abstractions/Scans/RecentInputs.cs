using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Scans;

/// <summary>
/// The last inputs of a layer's short convolutions, which are part of its state: a window of w - 1 vectors for a kernel of w taps. Inputs from
/// before the current document are zero in it, as before the first token.
/// </summary>
public sealed class RecentInputs
{
    private readonly Tensor[]? _windows;

    private RecentInputs(Tensor[]? windows) => _windows = windows;

    /// <summary>Nothing came before, and nothing is kept for later.</summary>
    public static RecentInputs None { get; } = new(null);

    /// <summary>The windows after the tokens that were <see cref="Extend">extended</see> by, each [B, w - 1, C].</summary>
    public IReadOnlyList<Tensor> Windows => _windows ?? [];

    /// <summary>Windows left by the tokens before, each [B, w - 1, C].</summary>
    public static RecentInputs After(IEnumerable<Tensor> windows) => new([.. windows]);

    /// <summary>Puts the past in front of <paramref name="u"/> and moves the window on: [B, T, C] -> [B, past + T, C].</summary>
    /// <param name="index">Which window, counted as <see cref="AffineLayer{TTransition, TState}.CreateWindows"/> lists them.</param>
    /// <param name="u">The new inputs.</param>
    /// <param name="past">w - 1.</param>
    /// <param name="context">How many tokens of each row are real and where documents begin.</param>
    public Tensor Extend(int index, Tensor u, int past, SequenceContext context)
    {
        var (B, T, C) = (u.shape[0], u.shape[1], u.shape[2]);
        if (_windows is null)
            return cat(new[] { zeros(B, past, C, u.dtype, u.device), u }, 1);

        var all = cat(new[] { _windows[index], u }, 1);
        _windows[index] = Last(all, past, T, context);
        return all;
    }

    /// <summary>The window before the tokens at hand, [B, w - 1, C]; null where it is zero.</summary>
    /// <param name="index">Which window, counted as <see cref="AffineLayer{TTransition, TState}.CreateWindows"/> lists them.</param>
    public Tensor? Before(int index) => _windows?[index];

    /// <summary>Moves the window on, as <see cref="Extend"/> does, without putting it in front of all of <paramref name="u"/> where that can be.</summary>
    /// <param name="index">Which window, counted as <see cref="AffineLayer{TTransition, TState}.CreateWindows"/> lists them.</param>
    /// <param name="u">The new inputs.</param>
    /// <param name="past">w - 1.</param>
    /// <param name="context">How many tokens of each row are real and where documents begin.</param>
    public void Move(int index, Tensor u, int past, SequenceContext context)
    {
        if (_windows is null)
            return;
        if (u.shape[1] >= past && context is { Lengths: null, Starts: null })
            _windows[index] = u.narrow(1, u.shape[1] - past, past).clone();
        else
            Extend(index, u, past, context).Dispose();
    }

    private static Tensor Last(Tensor all, int past, long T, SequenceContext context)
    {
        if (context.Lengths is null && context.Starts is null)
            return all.narrow(1, T, past);

        // row r ends at column L_r of the new tokens, so its window is the columns L_r .. L_r + past - 1 of all
        var (B, C) = (all.shape[0], all.shape[2]);
        using var lengths = tensor(Enumerable.Range(0, (int)B).Select(row => context.LengthOf(row, T)).ToArray(), device: all.device);
        var columns = lengths.unsqueeze(1) + arange(past, int64, all.device);
        var window = all.gather(1, columns.unsqueeze(2).expand(B, past, C));
        if (context.Starts is null)
            return window;

        var columnsOfU = arange(T, int64, all.device);
        var real = columnsOfU.unsqueeze(0) < lengths.unsqueeze(1);
        var start = where(context.Starts.logical_and(real), columnsOfU, tensor(-past - 1L, device: all.device)).amax([1], keepdim: true);
        return window.masked_fill((columns - past < start).unsqueeze(2), 0);
    }
}
