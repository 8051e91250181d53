namespace Sequence.Tasks.Synthetic.Words;

/// <summary>How long training example n is: the stages one after another, then one range for ever.</summary>
/// <param name="stages">The stages; none for the same range throughout.</param>
/// <param name="last">The range after them.</param>
internal sealed class Curriculum(IReadOnlyList<LengthStage> stages, LengthRange last)
{
    /// <summary>Longest length of all.</summary>
    public int Longest { get; } = stages.Select(stage => stage.Lengths.Max).Append(last.Max).Max();

    /// <summary>The range of example <paramref name="n"/>.</summary>
    public LengthRange At(long n)
    {
        foreach (var stage in stages)
        {
            if (n < stage.Examples)
                return stage.Lengths;
            n -= stage.Examples;
        }

        return last;
    }
}
