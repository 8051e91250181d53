using static TorchSharp.torch;

namespace Sequence.Kernels.Tests;

/// <summary>The threads that libtorch takes, until disposed.</summary>
internal sealed class Threads : IDisposable
{
    private readonly int _before = get_num_threads();

    public Threads(int count) => set_num_threads(count);

    public void Dispose() => set_num_threads(_before);
}
