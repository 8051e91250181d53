using TorchSharp;
using Xunit;

namespace TorchSharp.Tests.Operators;

public sealed class OperatorTests
{
    public static TheoryData<string> Names => [.. OperatorTable.All.Select(group => group.Key).Order()];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_form_of_an_operator_yields_what_loops_yield(string name)
    {
        foreach (OperatorCase operatorCase in OperatorTable.All[name])
        {
            OperatorCheck.Run(operatorCase);
        }
    }
}
