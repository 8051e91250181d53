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

    // of which there are none in bfloat16
    private static readonly CudaProgram[] _wide = [CudaAdamW.Program, .. CudaChunkStates.Programs, .. CudaDecayedScores.Programs, CudaDeltaStates.Program];

    /// <summary>The programs.</summary>
    public static IEnumerable<CudaSource> All =>
    [
        .. _programs.Concat(CudaGatedNorm.Programs).SelectMany(program => _elements.Select(program.Source)),
        .. _wide.SelectMany(program => _elements[..2].Select(program.Source)),
        .. CudaGatedNorm.Mixed.Select(program => program.Source(ScalarType.BFloat16)),
        CudaChunkScales.Program.Source(ScalarType.Float64),
    ];
}
