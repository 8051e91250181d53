using Sequence.Tasks.Synthetic.Groups;

namespace Sequence.Tasks.Synthetic.Words;

/// <summary>What words each pass of training has: those of the stages one after another, then those of all elements for ever.</summary>
/// <param name="group">The group.</param>
/// <param name="stages">The stages; none for the same words throughout.</param>
/// <param name="lengths">Lengths after them.</param>
internal sealed class Curriculum(FiniteGroup group, IReadOnlyList<CurriculumStage> stages, LengthRange lengths)
{
    /// <summary>Longest length of all.</summary>
    public int Longest { get; } = stages.Select(stage => stage.Lengths.Max).Append(lengths.Max).Max();

    /// <summary>The words of pass <paramref name="pass"/>.</summary>
    public WordRule At(long pass)
    {
        foreach (var stage in stages)
        {
            if (pass < stage.Passes)
                return new WordRule(group, stage.Lengths, stage.Elements ?? group.Order);
            pass -= stage.Passes;
        }

        return new WordRule(group, lengths, group.Order);
    }
}
