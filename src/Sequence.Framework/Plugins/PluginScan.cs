using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Sequence.Framework.Configuration;
using Sequence.Plugins;

namespace Sequence.Framework.Plugins;

/// <summary>What is found in a plugin's assembly: factories as singletons, what the plugin registers itself, and the components both give.</summary>
internal sealed class PluginScan
{
    private const string Report = "Tell the plugin's author, or build it again.";

    private readonly string _id;
    private readonly List<ComponentEntry> _components = [];
    private readonly List<string> _failures = [];

    /// <summary>Scans an assembly.</summary>
    /// <param name="id">The plugin.</param>
    /// <param name="assembly">Its assembly.</param>
    /// <param name="host">The host's container, once there is one.</param>
    public PluginScan(string id, Assembly assembly, Func<IServiceProvider> host)
    {
        _id = id;
        CheckTypes(assembly);
        Services.Scan(scan => scan
            .FromAssemblies(assembly)
            .AddClasses(classes => classes.Where(type => !type.ContainsGenericParameters && type.GetInterfaces().Any(ComponentFactoryShape.IsFactory)), publicOnly: false)
            .AsSelfWithInterfaces(ComponentFactoryShape.IsFactory)
            .WithSingletonLifetime());
        Type[] factories = [.. Services.Select(service => service.ImplementationType).OfType<Type>()];

        foreach (var type in assembly.GetTypes().Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(ISequencePlugin))))
            Attempt($"{type.Name}.Register", () => ((ISequencePlugin)Activator.CreateInstance(type, nonPublic: true)!).Register(Services));

        Attempt("Building its services", () => Describe(factories, host));
    }

    /// <summary>What the plugin adds to the host's container.</summary>
    public IServiceCollection Services { get; } = new ServiceCollection();

    /// <summary>The components, as far as they could be found out.</summary>
    public IReadOnlyList<ComponentEntry> Components => _components;

    /// <summary>Stops a plugin that threw, or whose components cannot be told from those of another.</summary>
    public void Check(IReadOnlyList<PluginEntry> others)
    {
        if (_failures.Count > 0)
            throw new PluginFault(PluginHealth.Malfunctioned, string.Join(" ", _failures), Report);

        var known = others.Where(other => other.Health == PluginHealth.Active).SelectMany(other => other.Components).ToList();
        foreach (var component in _components)
        {
            if (!ConfigKeys.IsKebab(component.Name))
            {
                throw new PluginFault(
                    PluginHealth.Malfunctioned, $"\"{component.Name}\" is no name for a {component.KindName}: lower-case words joined by hyphens are.", Report);
            }

            if (known.Find(other => other.Kind == component.Kind && other.Name == component.Name) is { } first)
            {
                throw new PluginFault(
                    PluginHealth.Malfunctioned,
                    $"Both {first.PluginId} and {_id} have a {component.KindName} named \"{component.Name}\".",
                    first.PluginId == _id ? Report : $"Disable one of the two plugins, for example with SEQUENCE_DISABLED_PLUGINS={first.PluginId}.");
            }

            known.Add(component);
        }
    }

    /// <summary>Makes each factory once, to ask for its name, in a container that is gone before the host's is built.</summary>
    private void Describe(Type[] factories, Func<IServiceProvider> host)
    {
        var trial = Services.BuildServiceProvider();
        foreach (var factory in factories)
        {
            Attempt(factory.Name, () =>
            {
                var made = trial.GetRequiredService(factory);
                foreach (var shape in ComponentFactoryShape.Of(factory))
                    _components.Add(shape.Describe(made, _id, () => host().GetRequiredService(factory)));
            });
        }

        // asynchronously, because what is only IAsyncDisposable may not be disposed of otherwise
        Attempt("Disposing of its services", () => trial.DisposeAsync().AsTask().GetAwaiter().GetResult());
    }

    private static void CheckTypes(Assembly assembly)
    {
        try
        {
            assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException failure)
        {
            var causes = failure.LoaderExceptions.OfType<Exception>().Select(cause => cause.Message).Distinct().Take(3);
            throw new PluginFault(
                PluginHealth.Malfunctioned,
                $"Types of {assembly.GetName().Name} cannot be loaded: {string.Join(" ", causes)}",
                "Put the missing dependency beside the plugin, or build the plugin again against this version of Sequence.Abstractions.");
        }
        catch (BadImageFormatException)
        {
            throw new PluginFault(PluginHealth.Malfunctioned, $"{assembly.GetName().Name} is damaged.", "Build or install the plugin again.");
        }
    }

    /// <summary>Runs a piece of the plugin's code. Whatever it throws is the plugin's failure, not the host's.</summary>
    private void Attempt(string what, Action act)
    {
        try
        {
            act();
        }
        catch (PluginFault)
        {
            throw;
        }
        catch (Exception failure)
        {
            var cause = failure;
            while (cause is TypeInitializationException or TargetInvocationException && cause.InnerException is { } inner)
                cause = inner;
            _failures.Add($"{what} threw {cause.GetType().Name}: {cause.Message}");
        }
    }
}
