using System.Reflection;

namespace TorchSharp.Tests.Core;

public sealed class SystemLibtorchTests
{
    [Fact]
    [Trait("Needs", "checkout")]
    public void The_version_is_the_one_recorded_in_the_assembly()
    {
        var recorded = typeof(torch).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().ToDictionary(attribute => attribute.Key, attribute => attribute.Value);
        Assert.Equal("system", recorded["TorchProvider"]);
        Assert.Equal(recorded["LibtorchVersion"], TorchSharp.SystemLibtorch.Version);
        Assert.Equal(TorchSharp.SystemLibtorch.Version, torch.__version__);
    }

    [Fact]
    public void The_blas_has_a_name_or_a_path()
    {
        using var scope = torch.NewDisposeScope();
        Some.Matmul.Call(Some.Normal(4, 4), Some.Normal(4, 4));
        Assert.Matches(@"\(.+\)|MKL|unknown", TorchSharp.SystemLibtorch.Blas);
    }

    [Fact]
    public void The_configuration_names_the_build_and_its_threads()
    {
        Assert.Contains("PyTorch built with", TorchSharp.SystemLibtorch.Configuration);
        Assert.Contains("at::get_num_threads()", TorchSharp.SystemLibtorch.ParallelInfo);
    }
}
