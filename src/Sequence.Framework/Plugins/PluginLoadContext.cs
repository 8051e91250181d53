using System.Reflection;
using System.Runtime.Loader;

namespace Sequence.Framework.Plugins;

/// <summary>
/// Loads a plugin's assembly and its private dependencies apart from those of other plugins. The contracts, the kernels, the tensor provider
/// and the Microsoft.Extensions abstractions are the host's own, whatever version a plugin brings: a type is shared only where both sides
/// load it once.
/// </summary>
internal sealed class PluginLoadContext(string assembly, PluginLock? pluginLock) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(assembly))
{
    private static readonly string[] Shared =
    [
        "TorchSharp",
        "Sequence.Abstractions",
        "Sequence.Kernels",
        "Microsoft.Extensions.Configuration.Abstractions",
        "Microsoft.Extensions.DependencyInjection.Abstractions",
        "Microsoft.Extensions.Logging.Abstractions",
        "Microsoft.Extensions.Options",
        "Microsoft.Extensions.Primitives",
    ];

    private readonly AssemblyDependencyResolver _resolver = new(assembly);

    /// <summary>Loads the plugin itself.</summary>
    public Assembly LoadPlugin() => LoadChecked(assembly);

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        // asked for without a version, so that a plugin built against a newer patch still meets the host's types
        if (Shared.Contains(assemblyName.Name, StringComparer.OrdinalIgnoreCase))
            return GetLoadContext(typeof(PluginLoadContext).Assembly)!.LoadFromAssemblyName(new AssemblyName(assemblyName.Name!));
        return _resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadChecked(path) : null;
    }

    /// <inheritdoc/>
    protected override nint LoadUnmanagedDll(string unmanagedDllName)
    {
        if (_resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is not { } path)
            return nint.Zero;
        pluginLock?.Check(path);
        return LoadUnmanagedDllFromPath(path);
    }

    private Assembly LoadChecked(string path)
    {
        pluginLock?.Check(path);
        return LoadFromAssemblyPath(path);
    }
}
