namespace Sequence.Framework.Plugins;

/// <summary>The assembly behind the TorchSharp API that something was built against.</summary>
/// <param name="Name">system, cpu or cuda.</param>
/// <param name="Version">Version of that assembly.</param>
public sealed record TorchProvider(string Name, string Version)
{
    /// <summary>
    /// Whether code built against <paramref name="other"/> runs on this: cpu and cuda are one assembly over two native libraries, and releases
    /// of one major and minor version keep their interface.
    /// </summary>
    public bool Serves(TorchProvider other) =>
        (Name == "system") == (other.Name == "system") && Release(Version) == Release(other.Version);

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {Version}";

    private static string Release(string version) => string.Join('.', version.Split('.', '-', '+').Take(2));
}
