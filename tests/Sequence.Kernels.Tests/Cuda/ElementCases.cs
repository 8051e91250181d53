using static TorchSharp.torch;

namespace Sequence.Kernels.Tests.Cuda;

/// <summary>The element types that kernels for a GPU are made for.</summary>
internal static class ElementCases
{
    /// <summary>Every kind in every one of them.</summary>
    public static TheoryData<TKind, ScalarType> Of<TKind>()
        where TKind : struct, Enum
    {
        var cases = new TheoryData<TKind, ScalarType>();
        foreach (var kind in Enum.GetValues<TKind>())
        {
            foreach (var dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16])
                cases.Add(kind, dtype);
        }

        return cases;
    }
}
