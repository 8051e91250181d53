using System.Reflection;
using Sequence.Components;
using Sequence.Framework.Plugins;

namespace Sequence.Framework.Configuration;

/// <summary>Reads a component: <c>{ "name": "rope", ...its options }</c>, or just <c>"rope"</c>, or the name of a file that holds either object.</summary>
internal static class ComponentBinding
{
    private static readonly MethodInfo MakeMethod = typeof(ComponentBinding).GetMethod(nameof(Make), BindingFlags.NonPublic | BindingFlags.Static)!;

    /// <summary>Reads a node as a component of <paramref name="kind"/>.</summary>
    public static bool TryBind(Type kind, ConfigNode node, ComponentCatalog components, Binding binding, out object? value)
    {
        value = null;
        var section = node.Section();
        if (section.Kind is ConfigKind.Object or ConfigKind.Step)
        {
            if (section["name"] is not { } name)
                return binding.Fail(section.Problem($"the key \"name\" is missing: which {ComponentKinds.NameOf(kind)}? There are {components.List(kind)}."));
            return binding.TryBind(typeof(string), name, optional: false, out var written)
                && TryBind(kind, (string)written!, name, section, components, binding, out value);
        }

        return section.Kind is ConfigKind.String or ConfigKind.Text
            ? TryBind(kind, section.Text!, section, Named(section), components, binding, out value)
            : binding.Fail(section.Problem($"expected the name of a {ComponentKinds.NameOf(kind)} or an object with one, found {Binding.Name(section)}."));
    }

    private static bool TryBind(
        Type kind, string name, ConfigNode where, ConfigNode section, ComponentCatalog components, Binding binding, out object? value)
    {
        value = null;
        if (components.Find(kind, name) is not { } component)
            return binding.Fail(where.Problem(components.Unknown(kind, name)));
        if (RecordShape.Of(component.OptionsType) is not { } shape)
            return binding.Fail(where.Problem($"the options {component.OptionsType} of \"{name}\" have no public constructor: a mistake in the plugin {component.PluginId}."));
        if (!shape.TryBind(section, except: "name", binding, out var options))
            return false;

        value = MakeMethod.MakeGenericMethod(kind).Invoke(null, [component, options]);
        return true;
    }

    /// <summary>The options laid over a bare name, as an object of their own.</summary>
    private static ConfigNode Named(ConfigNode name) =>
        new(name.Key, name.Path, name.Origin, name.Line, ConfigKind.Object, null, name.Children);

    private static Component<T> Make<T>(ComponentEntry component, object options)
        where T : class
        => new(component.Name, options, context => (T)component.Create(options, context));
}
