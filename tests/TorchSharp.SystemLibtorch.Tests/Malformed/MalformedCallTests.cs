using System.Runtime.InteropServices;

namespace TorchSharp.Tests.Malformed;

// A call that can't be answered throws something a program can catch. That the next row runs shows that the process lived.
public sealed class MalformedCallTests
{
    private static readonly IReadOnlyList<MalformedCall> s_calls = [.. WrongShapes.Calls, .. WrongValues.Calls, .. WrongArguments.Calls, .. Operators.MalformedOperatorCalls.Calls];

    public static TheoryData<int, string> Rows
    {
        get
        {
            var rows = new TheoryData<int, string>();
            for (var i = 0; i < s_calls.Count; i++)
                rows.Add(i, s_calls[i].Name);
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_malformed_call_throws_and_the_next_call_works(int row, string name)
    {
        using var scope = torch.NewDisposeScope();
        var thrown = Record.Exception(s_calls[row].Run);
        Assert.True(thrown is ExternalException or ArgumentException or InvalidOperationException or NotSupportedException, $"{name}: {thrown?.ToString() ?? "nothing was thrown"}");
        Assert.NotEmpty(thrown!.Message);
        Assert.Equal([2f, 4], Some.Floats(Some.Add.Call(Some.Counting(3), Some.Counting(3))).Skip(1));
    }

    [Fact]
    public void There_are_at_least_two_hundred() => Assert.InRange(s_calls.Count, 200, int.MaxValue);
}
