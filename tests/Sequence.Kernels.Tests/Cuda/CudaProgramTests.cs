using Sequence.Kernels.Cuda;
using Sequence.Kernels.Registry;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Tests.Cuda;

public sealed class CudaProgramTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        CudaPlatform.Emulate(null);
        _scope.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_program_that_does_not_compile_says_which_and_what_the_compiler_says()
    {
        using var gpu = CudaEmulator.Start();
        var program = new CudaProgram("diagonal_scan.cu", _ => ["INPUT=\"no_such_input.cuh\"", .. CudaChain.Definitions(8)]);

        var refusal = program.Refusal(ScalarType.Float32);

        Assert.Contains("diagonal_scan.cu does not compile", refusal, StringComparison.Ordinal);
        Assert.Contains("no_such_input.cuh", refusal, StringComparison.Ordinal);
        Assert.Throws<CudaException>(() => program.On(zeros(1)));
    }

    [Fact]
    public void What_was_compiled_is_read_from_disk_and_what_is_damaged_there_is_compiled_again()
    {
        Scan();
        var image = Assert.Single(Directory.GetFiles(Images()));
        var written = File.GetLastWriteTimeUtc(image);
        var bytes = File.ReadAllBytes(image);

        Scan();
        Assert.Equal(written, File.GetLastWriteTimeUtc(image));

        File.WriteAllBytes(image, [1, .. new byte[100]]);
        Scan();
        Assert.Equal(bytes.Length, File.ReadAllBytes(image).Length);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_keeps_nothing_and_loses_nothing()
    {
        File.WriteAllText(Images(), "a file where the folder should be");

        Scan();

        Assert.True(File.Exists(Images()));
    }

    [Fact]
    public void Where_no_gpu_is_the_form_says_what_is_missing()
    {
        if (CudaPlatform.Missing is not { } missing)
            return;

        Assert.Equal(missing, DiagonalScan.Kernel.Refusal(DeviceType.CUDA, ScalarType.Float32));
        Assert.Null(DiagonalScan.Kernel.Refusal(DeviceType.CPU, ScalarType.Float32));
    }

    private string Images() => Path.Combine(_folder, "images");

    // with a platform of its own, which knows nothing of the last one
    private void Scan()
    {
        CudaPlatform.Emulate(CudaPlatform.Open(CudaEmulator.CopyTo(_folder)));
        try
        {
            var (l, b) = (-ones(1, 3, 2), ones(1, 3, 2));
            Tolerance.Same(DiagonalScan.Fold(l.to(float64), b.to(float64)), FusedDiagonalScan.Run(l, b));
        }
        finally
        {
            CudaPlatform.Emulate(null);
        }
    }
}
