namespace Sequence.Tasks.Text;

/// <summary>
/// Windows of T tokens over one long text: window k has inputs tokens[i .. i+T) from i = k S on, and as targets the tokens one later.
/// So every token of the text but its first is a target; the last window is shorter where the text ends.
/// </summary>
/// <param name="tokens">The text's ids.</param>
/// <param name="length">T.</param>
/// <param name="stride">S, at most T. Below T windows overlap.</param>
/// <param name="scoreOnce">
/// Whether targets that the window before has scored are ignored, so that the overlap is context only; for evaluation.
/// </param>
internal sealed class TokenWindows(int[] tokens, int length, int stride, bool scoreOnce) : IDataset
{
    private readonly int _targets = Math.Max(0, tokens.Length - 1);

    public int Count => _targets == 0 ? 0 : _targets <= length ? 1 : 1 + (_targets - length + stride - 1) / stride;

    public Example this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);

            var start = index * stride;
            var (inputs, targets) = (new long[LengthOf(index)], new long[LengthOf(index)]);
            var scored = scoreOnce && index > 0 ? length - stride : 0;
            for (var t = 0; t < inputs.Length; t++)
            {
                inputs[t] = tokens[start + t];
                targets[t] = t < scored ? Example.Ignored : tokens[start + t + 1];
            }

            return new Example(inputs, targets);
        }
    }

    public int LengthOf(int index) => Math.Min(length, _targets - index * stride);
}
