using Sequence.Caching;
using Sequence.Components;
using Sequence.Framework.Caching;
using Sequence.Framework.Scans;
using Sequence.Mixers;
using Sequence.Scans;

namespace Sequence.Framework.Plugins;

/// <summary>The generic arguments of a factory, put to use from where only the <see cref="Type"/> is known.</summary>
internal abstract class ComponentFactoryShape
{
    /// <summary>Describes the component of a factory.</summary>
    /// <param name="factory">The factory.</param>
    /// <param name="pluginId">The plugin that brings it.</param>
    /// <param name="resolve">The factory as the host's container has it.</param>
    public abstract ComponentEntry Describe(object factory, string pluginId, Func<object> resolve);

    /// <summary>One shape for each kind of component that a type is a factory for.</summary>
    public static IEnumerable<ComponentFactoryShape> Of(Type factory) => factory.GetInterfaces()
        .Where(IsFactory)
        .Select(contract => typeof(ComponentFactoryShape<,>).MakeGenericType(contract.GetGenericArguments()))
        .Select(shape => (ComponentFactoryShape)Activator.CreateInstance(shape)!);

    /// <summary>Whether an interface is <see cref="IComponentFactory{TComponent, TOptions}"/>.</summary>
    public static bool IsFactory(Type contract) => contract.IsGenericType && contract.GetGenericTypeDefinition() == typeof(IComponentFactory<,>);
}

/// <inheritdoc/>
internal sealed class ComponentFactoryShape<TComponent, TOptions> : ComponentFactoryShape
    where TComponent : class
    where TOptions : class
{
    /// <inheritdoc/>
    public override ComponentEntry Describe(object factory, string pluginId, Func<object> resolve)
    {
        var described = (IComponentFactory<TComponent, TOptions>)factory;

        return new(
            IsLayer ? typeof(SequenceMixer) : typeof(TComponent), described.Name ?? "", described.Description ?? "", pluginId, typeof(TOptions),
            (options, context) => Run(((IComponentFactory<TComponent, TOptions>)resolve()).Create((TOptions)options, context), context));
    }

    // a layer that is written as a scan, or as one of entries, is a mixer to everybody but its author
    private static bool IsLayer => typeof(TComponent) == typeof(ScanLayer) || typeof(TComponent) == typeof(EntryLayer);

    private static object Run(object made, ComponentContext context) => made switch
    {
        ScanLayer layer => ScanMixers.Of(layer),
        EntryLayer layer => new EntryMixer(layer, context),
        _ => made,
    };
}
