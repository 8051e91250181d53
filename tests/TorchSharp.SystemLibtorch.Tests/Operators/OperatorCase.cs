using TorchSharp;

namespace TorchSharp.Tests.Operators;

/// <summary>One call of an operator and what it must yield, computed without libtorch.</summary>
/// <param name="Home">The class that holds the static form: torch, functional, fft, linalg.</param>
/// <param name="Member">The method's name; of a Tensor method also its static and its in-place form are checked.</param>
/// <param name="Arguments">All arguments, the first being the tensor that a method is called on.</param>
/// <param name="Expected">From the arguments' grids (null for what is not a tensor) to one grid a result.</param>
internal sealed record OperatorCase(Type Home, string Member, object?[] Arguments, Func<Grid[], Grid[]> Expected)
{
    /// <summary>Whether gradients are compared with finite differences.</summary>
    public bool Differentiable { get; init; } = true;

    /// <summary>Whether float32 and strided copies of the inputs are tried too.</summary>
    public bool Varied { get; init; } = true;

    /// <summary>Whether the in-place form (member_) takes the same arguments with the same result.</summary>
    public bool InPlace { get; init; } = true;

    /// <summary>The one form that takes these arguments, where method and static form read them differently.</summary>
    public string? Only { get; init; }

    public double? Tolerance { get; init; }

    public override string ToString() => $"{Home.Name}.{Member}({string.Join(", ", Arguments.Select(Show))})";

    private static string Show(object? argument) => argument switch
    {
        null => "null",
        torch.Tensor t => t.ToString(),
        Array a => $"[{string.Join(", ", a.Cast<object>())}]",
        _ => argument.ToString()!,
    };
}
