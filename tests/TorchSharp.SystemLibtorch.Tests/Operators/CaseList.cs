using System.Collections;
using TorchSharp;

namespace TorchSharp.Tests.Operators;

/// <summary>Cases of one theme, written as a collection.</summary>
internal sealed class CaseList(Type home) : IEnumerable<OperatorCase>
{
    private readonly List<OperatorCase> _cases = [];

    public CaseList()
        : this(typeof(torch))
    {
    }

    public void Add(string member, object?[] arguments, Func<Grid[], Grid> expected, bool differentiable = true, bool varied = true, bool inPlace = true, double? tolerance = null) =>
        AddMany(member, arguments, g => [expected(g)], differentiable, varied, inPlace, tolerance);

    public void AddMany(string member, object?[] arguments, Func<Grid[], Grid[]> expected, bool differentiable = true, bool varied = true, bool inPlace = true, double? tolerance = null) =>
        _cases.Add(new OperatorCase(home, member, arguments, expected) { Differentiable = differentiable, Varied = varied, InPlace = inPlace, Tolerance = tolerance });

    public IEnumerator<OperatorCase> GetEnumerator() => _cases.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
