namespace Sequence.Kernels.Products;

/// <summary>What a product need not look at. Rows of a factor or of the result are tokens of one stretch, and only earlier tokens count.</summary>
internal enum Triangle
{
    /// <summary>Everything counts.</summary>
    None,

    /// <summary>Of C only the elements with j at most i are wanted; what the others become is left open.</summary>
    Result,

    /// <summary>A_ip is zero for p after i.</summary>
    Lower,

    /// <summary>A_ip is zero for p before i.</summary>
    Upper,
}
