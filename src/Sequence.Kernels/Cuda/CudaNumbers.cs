using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Sequence.Kernels.Cuda;

/// <summary>A tensor [B, T, D] of real numbers, or two of the parts of complex ones, as kernels take them (<c>Numbers</c> of <c>real.cuh</c> and <c>complex.cuh</c>).</summary>
/// <param name="Re">The numbers, or the real parts; null where they are missing, and then zero.</param>
/// <param name="Im">The imaginary parts; null where there are none.</param>
internal readonly record struct CudaNumbers(Tensor? Re, Tensor? Im = null)
{
    /// <summary>A tensor of their shape.</summary>
    public Tensor Like => Re ?? Im!;

    /// <summary>As the kernel takes them.</summary>
    public Argument Tokens => new() { Re = CudaTokens.Of(Re), Im = CudaTokens.Of(Im) };

    /// <summary><c>Numbers</c> of the sources.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Argument
    {
        public CudaTokens Re, Im;
    }
}
