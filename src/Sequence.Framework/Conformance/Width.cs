namespace Sequence.Framework.Conformance;

/// <summary>At which width a component of a plugin can be made, of which nothing is known but what it refuses.</summary>
internal static class Width
{
    /// <summary>Small enough to be quick; where heads do not fit into one, the next is tried.</summary>
    public static IReadOnlyList<int> Usual { get; } = [16, 24, 32, 48, 64, 96, 128];

    /// <summary>Makes one at the first of <paramref name="widths"/> that it accepts.</summary>
    /// <exception cref="ArgumentException">It accepts none; the message is what it says of the last.</exception>
    public static (int D, T Made) First<T>(Func<int, T> make, IReadOnlyList<int> widths)
    {
        foreach (var width in widths)
        {
            try
            {
                return (width, make(width));
            }
            catch (ArgumentException) when (width != widths[^1])
            {
            }
        }

        throw new ArgumentException("There are no widths to try.", nameof(widths));
    }
}
