using static TorchSharp.torch;

namespace Sequence.Kernels.Cuda;

/// <summary>Every program there is, with the macros of every use of it.</summary>
internal static class CudaSources
{
    private static readonly ScalarType[] _elements = [ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16];

    private static readonly CudaProgram[] _programs =
    [
        CudaDiagonal.LogDecays.Program,
        CudaDiagonal.ReplacementGates.Program,
        CudaDiagonal.ComplexDecays.Program,
        CudaDiagonal.RotationGates.Program,
        CudaSelective.Plain.Program,
        CudaSelective.Gated.Program,
        CudaConvolution.Program,
        CudaOuterStep.Program,
        CudaCrossEntropy.Program,
    ];

    /// <summary>The programs.</summary>
    public static IEnumerable<CudaSource> All => [.. _programs.SelectMany(program => _elements.Select(program.Source)), .. _elements[..2].SelectMany(element => (CudaSource[])[CudaAdamW.Program.Source(element), .. CudaGatedNorm.Programs.Concat(CudaChunkStates.Programs).Concat(CudaDecayedScores.Programs).Append(CudaDeltaStates.Program).Select(program => program.Source(element))]), CudaChunkScales.Program.Source(ScalarType.Float64)];
}
