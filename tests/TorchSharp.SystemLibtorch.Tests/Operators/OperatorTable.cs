using TorchSharp;

namespace TorchSharp.Tests.Operators;

/// <summary>All cases, by operator.</summary>
internal static class OperatorTable
{
    private static readonly Lazy<ILookup<string, OperatorCase>> Built = new(() => new[]
    {
        UnaryTable.Cases(), BinaryTable.Cases(), ActivationTable.Cases(), ReductionTable.Cases(), ShapeTable.Cases(), ScatterTable.Cases(), LinearAlgebraTable.Cases(), ComplexTable.Cases(), FunctionalTable.Cases(),
    }.SelectMany(c => c).ToLookup(c => $"{c.Home.Name}.{c.Member}"));

    public static ILookup<string, OperatorCase> All => Built.Value;
}
