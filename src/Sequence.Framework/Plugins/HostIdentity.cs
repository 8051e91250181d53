using System.Reflection;
using Sequence.Components;

namespace Sequence.Framework.Plugins;

/// <summary>What this host offers to plugins, as stamped on its contracts by the build.</summary>
/// <param name="Contract">Version of the contracts.</param>
/// <param name="Provider">The tensor provider.</param>
public sealed record HostIdentity(Version Contract, TorchProvider Provider)
{
    /// <summary>The running host.</summary>
    public static HostIdentity Current { get; } = new(
        Version.Parse(Stamp("SequenceContractVersion")), new(Stamp("SequenceTorchProvider"), Stamp("SequenceTorchProviderVersion")));

    private static string Stamp(string key) => typeof(ComponentContext).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(attribute => attribute.Key == key).Value!;
}
