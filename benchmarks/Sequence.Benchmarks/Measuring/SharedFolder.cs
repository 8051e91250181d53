using Sequence.Benchmarks.Questions;
using Sequence.Framework.Training;
using static TorchSharp.torch;

namespace Sequence.Benchmarks.Measuring;

/// <summary>A case in files, open on both sides.</summary>
internal sealed class SharedFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("sequence-benchmarks-").FullName;
    private readonly Peer _peer;

    public SharedFolder(ICase one, Peer peer)
    {
        _peer = peer;
        one.Save(_path);
        peer.Ask<bool>($"open {_path}");
    }

    /// <summary>What a form of the peer computes, by name; owned by the current scope.</summary>
    public IReadOnlyDictionary<string, Tensor> Results(string form, Pass pass)
    {
        _peer.Ask<bool>($"check {form} {pass.Request()}");
        var path = Path.Combine(_path, $"{form}.safetensors");
        using var file = File.OpenRead(path);
        return Safetensors.Read(file);
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
