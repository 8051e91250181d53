using Sequence.Components;
using Sequence.Mixers;

namespace Sequence.Framework.Models;

public sealed class StackPlanTests
{
    [Theory]
    [InlineData(false, false, "0:a 1:b 2:b 3:a 4:b 5:b 6:a 7:b 8:b")]
    [InlineData(true, false, "0:a 1:b 2:b 0:a 1:b 2:b 0:a 1:b 2:b")]
    [InlineData(false, true, "0:a 1:b 1:b 2:a 1:b 1:b 3:a 1:b 1:b")]
    [InlineData(true, true, "0:a 1:b 1:b 0:a 1:b 1:b 0:a 1:b 1:b")]
    public void A_pattern_is_written_out_and_what_is_tied_is_made_once(bool pattern, bool block, string expected)
    {
        var plan = StackPlan.Of([Pattern(3, pattern, Block("a", 1, tied: false), Block("b", 2, block))]);

        Assert.Equal(expected, Written(plan));
        Assert.Equal(["blocks[0].pattern[0]", "blocks[0].pattern[1]"], plan.Select(each => each.Key).Distinct());
    }

    [Fact]
    public void Entries_follow_one_another_and_share_nothing()
    {
        var tied = Block("a", 2, tied: true);
        var plan = StackPlan.Of([tied, Pattern(2, tied: true, Block("b", 1, tied: false)), tied, Block("c", 2, tied: false)]);

        Assert.Equal("0:a 0:a 1:b 1:b 2:a 2:a 3:c 4:c", Written(plan));
        Assert.Equal("blocks[1].pattern[0]", plan[3].Key);
        Assert.Equal("blocks[3]", plan[^1].Key);
    }

    [Fact]
    public void An_entry_that_contradicts_itself_is_named()
    {
        var inner = Pattern(2, false, Block("a", 1, false));
        foreach (var (entries, problem) in ((BlockOptions[], string)[])
        [
            ([Block("a", 1, false), new BlockOptions()], "model.blocks[1]: a block needs a \"mixer\""),
            ([Pattern(2, false)], "model.blocks[0]: the pattern holds no blocks"),
            ([Pattern(2, false, inner)], "model.blocks[0]: a pattern holds blocks, not patterns"),
            ([Pattern(2, false, Block("a", 1, false), new BlockOptions())], "model.blocks[0].pattern[1]: a block needs a \"mixer\""),
            ([inner with { Norm = TinyComponents.Norm }], "model.blocks[0]: \"norm\" stands beside \"pattern\""),
            ([inner with { ResidualScale = new() }], "model.blocks[0]: \"residualScale\" stands beside \"pattern\""),
        ])
            Assert.StartsWith(problem, Assert.Throws<ModelException>(() => StackPlan.Of(entries)).Message, StringComparison.Ordinal);
    }

    private static BlockOptions Block(string name, int repeat, bool tied) => new()
    {
        Repeat = repeat,
        Tied = tied,
        Mixer = new Component<SequenceMixer>(name, new object(), TinyComponents.Mixer.Create),
    };

    private static BlockOptions Pattern(int repeat, bool tied, params BlockOptions[] blocks) =>
        new() { Repeat = repeat, Tied = tied, Pattern = blocks };

    private static string Written(IEnumerable<PlannedBlock> plan) =>
        string.Join(' ', plan.Select(each => $"{each.Block}:{each.Options.Mixer!.Name}"));
}
