using static TorchSharp.torch;

namespace TorchSharp.Tests.Core;

public sealed class GraphTests
{
    [CudaFact]
    [Trait("Device", "cuda")]
    public void A_replay_computes_with_what_now_stands_in_its_inputs()
    {
        if (CudaGraph.Refusal is not null)
            return;
        foreach (var length in (long[])[1, 63, 64, 65, 100])
        {
            using var scope = NewDisposeScope();
            var (x, w) = (zeros(length, 8, device: CUDA), randn(8, 8, device: CUDA));
            Tensor Work() => x.matmul(w).tanh();
            var warm = CudaStream.FromPool();
            using (warm.Use())
                Work();
            warm.Synchronize();
            Tensor y = null!;
            using var graph = CudaGraph.Capture(() => y = Work());
            Assert.True(CudaStream.Current().IsDefault);
            for (var round = 0; round < 3; round++)
            {
                var given = randn(length, 8, device: CUDA);
                x.copy_(given);
                graph.Replay();
                Assert.True(y.allclose(given.matmul(w).tanh(), rtol: 1e-4, atol: 1e-5), $"length {length}, round {round}");
            }
        }
    }

    [CudaFact]
    [Trait("Device", "cuda")]
    public void What_captured_work_throws_comes_out_and_the_stream_is_as_before()
    {
        if (CudaGraph.Refusal is not null)
            return;
        var thrown = Assert.Throws<InvalidDataException>(() => CudaGraph.Capture(() => throw new InvalidDataException("not this time")));
        Assert.Equal("not this time", thrown.Message);
        Assert.True(CudaStream.Current().IsDefault);
        using var scope = NewDisposeScope();
        Assert.Equal(3f, ones(3, device: CUDA).sum().item<float>());
    }

    [CudaFact]
    [Trait("Device", "cuda")]
    public void Work_that_waits_for_the_device_is_refused()
    {
        if (CudaGraph.Refusal is not null)
            return;
        using var scope = NewDisposeScope();
        var x = ones(3, device: CUDA);
        Assert.ThrowsAny<Exception>(() => CudaGraph.Capture(() => x.sum().item<float>()));
        Assert.Equal(3f, x.sum().item<float>());
    }

    [Fact]
    public void Without_a_device_it_is_said_what_is_missing()
    {
        if (cuda.is_available())
            return;
        Assert.Equal("there is no CUDA device here", CudaGraph.Refusal);
        Assert.Contains("no CUDA device", Assert.Throws<NotSupportedException>(() => CudaGraph.Capture(() => { })).Message);
        Assert.Contains("no CUDA device", Assert.Throws<InvalidOperationException>(() => CudaStream.Current()).Message);
        Assert.Contains("no CUDA device", Assert.Throws<InvalidOperationException>(() => new CudaEvent()).Message);
        Assert.Null(TorchSharp.SystemLibtorch.CurrentStream());
    }
}
