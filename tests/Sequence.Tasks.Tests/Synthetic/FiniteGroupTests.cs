using Sequence.Tasks.Synthetic.Groups;

namespace Sequence.Tasks.Tests.Synthetic;

public sealed class FiniteGroupTests
{
    [Theory]
    [InlineData("s3", 6)]
    [InlineData("s4", 24)]
    [InlineData("s5", 120)]
    [InlineData("a3", 3)]
    [InlineData("a5", 60)]
    [InlineData("z60", 60)]
    [InlineData("a4xz5", 60)]
    [InlineData("z2xz2xs3", 24)]
    public void It_is_a_group_with_identity_0(string name, int order)
    {
        var group = GroupName.Find(name)!;
        var elements = Enumerable.Range(0, order).ToList();
        Assert.Equal(order, group.Order);
        foreach (var a in elements)
        {
            Assert.Equal((a, a), (group.Multiply(0, a), group.Multiply(a, 0)));
            Assert.Equal(elements, elements.Select(b => group.Multiply(a, b)).Order());
            Assert.Single(elements, b => group.Multiply(a, b) == 0 && group.Multiply(b, a) == 0);
        }

        var random = new Random(3);
        for (var trial = 0; trial < 20_000; trial++)
        {
            var (a, b, c) = (random.Next(order), random.Next(order), random.Next(order));
            Assert.Equal(group.Multiply(group.Multiply(a, b), c), group.Multiply(a, group.Multiply(b, c)));
        }
    }

    [Fact]
    public void S5_is_the_permutations_in_lexicographic_order_the_second_applied_first()
    {
        // every number with the digits 0 to 4, each once, in numeric order
        var permutations = Enumerable.Range(0, 100_000).Select(number => number.ToString("00000", null))
            .Where(digits => digits.Order().SequenceEqual("01234")).ToList();
        var group = GroupName.Find("s5")!;
        for (var a = 0; a < 120; a++)
        {
            for (var b = 0; b < 120; b++)
                Assert.Equal(new string([.. permutations[b].Select(image => permutations[a][image - '0'])]), permutations[group.Multiply(a, b)]);
        }
    }

    [Fact]
    public void A5_is_the_products_of_3_cycles()
    {
        var s5 = GroupName.Find("s5")!;
        var cubesToIdentity = Enumerable.Range(0, 120).Where(a => s5.Multiply(a, s5.Multiply(a, a)) == 0).ToList();
        var even = cubesToIdentity.SelectMany(_ => cubesToIdentity, s5.Multiply).Distinct().Order().ToList();

        var a5 = GroupName.Find("a5")!;
        Assert.Equal(60, even.Count);
        for (var a = 0; a < 60; a++)
        {
            for (var b = 0; b < 60; b++)
                Assert.Equal(s5.Multiply(even[a], even[b]), even[a5.Multiply(a, b)]);
        }
    }

    [Fact]
    public void Z60_adds_and_S3_does_not_commute()
    {
        var (z60, s3) = (GroupName.Find("z60")!, GroupName.Find("s3")!);
        Assert.Equal(4, z60.Multiply(37, 27));
        Assert.NotEqual(s3.Multiply(1, 2), s3.Multiply(2, 1));
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("s2")]
    [InlineData("s7")]
    [InlineData("z1")]
    [InlineData("z1001")]
    [InlineData("S5")]
    [InlineData("q8")]
    [InlineData("s5x")]
    [InlineData("s5xs5")]
    [InlineData("z99999999999")]
    public void Other_names_are_none(string name) => Assert.Null(GroupName.Find(name));
}
