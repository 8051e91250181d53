using Sequence.Kernels.Cuda;

namespace Sequence.Kernels.Tests.Cuda;

/// <summary>Every program compiles with NVIDIA's own compiler, which needs no GPU, for the architectures that are in use.</summary>
public sealed class NvrtcTests
{
    private static readonly Lazy<Nvrtc?> _compiler = new(() =>
    {
        try
        {
            return new Nvrtc(CudaLibraries.Find(CudaLibraries.Compiler, CudaLibraries.Nvrtc));
        }
        catch (CudaException)
        {
            return null;
        }
    });

    public static TheoryData<string, int> Programs
    {
        get
        {
            var programs = new TheoryData<string, int>();
            var older = new HashSet<string>();
            foreach (var source in CudaSources.All)
            {
                programs.Add($"{source}", 90);
                // what an older one lacks, it lacks for every element type and every input of a file
                if (older.Add(source.Name))
                    programs.Add($"{source}", 80);
            }

            return programs;
        }
    }

    [NvrtcTheory]
    [MemberData(nameof(Programs))]
    public void Programs_compile_to_machine_code(string program, int architecture)
    {
        var image = _compiler.Value!.Compile(CudaSources.All.Single(source => $"{source}" == program), architecture);

        // an ELF file
        Assert.Equal([0x7F, (byte)'E', (byte)'L', (byte)'F'], image[..4]);
    }

    [NvrtcFact]
    public void An_architecture_that_the_compiler_does_not_know_gets_what_the_driver_compiles()
    {
        var image = _compiler.Value!.Compile(CudaSources.All.First(), architecture: 999);

        Assert.Contains(".target sm_", System.Text.Encoding.ASCII.GetString(image), StringComparison.Ordinal);
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class NvrtcTheoryAttribute : TheoryAttribute
    {
        public NvrtcTheoryAttribute() => Skip = Missing;
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class NvrtcFactAttribute : FactAttribute
    {
        public NvrtcFactAttribute() => Skip = Missing;
    }

    private static string? Missing => _compiler.Value is null ? "there is no NVRTC here (SEQUENCE_NVRTC names one)" : null;
}
