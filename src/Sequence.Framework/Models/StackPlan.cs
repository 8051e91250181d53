namespace Sequence.Framework.Models;

/// <summary>The entries of a stack written out depth by depth, before anything is made of them.</summary>
internal static class StackPlan
{
    /// <summary>
    /// Every depth, first to last. Blocks are numbered from 0 in the order they first stand at; depths of the same number share weights, so
    /// where nothing is tied the number is the depth.
    /// </summary>
    /// <exception cref="ModelException">An entry contradicts itself.</exception>
    public static IReadOnlyList<PlannedBlock> Of(IReadOnlyList<BlockOptions> entries)
    {
        var made = new Dictionary<(string Key, int Round, int Repeat), int>();
        var plan = new List<PlannedBlock>();
        foreach (var (index, entry) in entries.Index())
        {
            var key = $"blocks[{index}]";
            Check(key, entry);
            if (entry.Pattern is null)
            {
                Add(key, entry, round: 0);
                continue;
            }

            foreach (var (item, block) in entry.Pattern.Index())
                Check($"{key}.pattern[{item}]", block);
            for (var round = 0; round < entry.Repeat; round++)
            {
                foreach (var (item, block) in entry.Pattern.Index())
                    Add($"{key}.pattern[{item}]", block, entry.Tied ? 0 : round);
            }
        }

        return plan;

        void Add(string key, BlockOptions block, int round)
        {
            for (var repeat = 0; repeat < block.Repeat; repeat++)
            {
                var copy = block.Tied ? (key, 0, 0) : (key, round, repeat);
                made.TryAdd(copy, made.Count);
                plan.Add(new(key, block, made[copy]));
            }
        }
    }

    private static void Check(string key, BlockOptions entry)
    {
        foreach (var (_, message) in entry.Problems())
            throw new ModelException(key, message);
    }
}
