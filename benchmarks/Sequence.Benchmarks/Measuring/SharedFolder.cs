using Sequence.Benchmarks.Questions;
using Sequence.Framework.Training;
using static TorchSharp.torch;

namespace Sequence.Benchmarks.Measuring;

/// <summary>A case in files, which the peer opens when it is first asked.</summary>
internal sealed class SharedFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("sequence-benchmarks-").FullName;
    private readonly Peer _peer;
    private bool _isOpen;

    public SharedFolder(ICase one, Peer peer)
    {
        _peer = peer;
        one.Save(_path);
    }

    /// <summary>What a form of the peer computes, by name; owned by the current scope.</summary>
    /// <exception cref="PeerException">The peer ended before it answered.</exception>
    public IReadOnlyDictionary<string, Tensor> Results(string form, Pass pass)
    {
        if (!_isOpen)
            _isOpen = _peer.Ask<bool>($"open {_path}");
        _peer.Ask<bool>($"check {form} {pass.Request()}");
        using var file = File.OpenRead(Path.Combine(_path, $"{form}.safetensors"));
        return Safetensors.Read(file);
    }

    /// <summary>Those of some forms that the peer has.</summary>
    public IEnumerable<string> Has(IReadOnlyList<string> forms) => forms.Count == 0 ? [] : forms.Intersect(_peer.Ask<string[]>("forms"));

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
