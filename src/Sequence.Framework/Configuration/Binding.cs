using System.Collections;
using System.Reflection;
using System.Text.Json.Nodes;
using Sequence.Components;
using Sequence.Framework.Plugins;

namespace Sequence.Framework.Configuration;

/// <summary>One pass over a configuration: values on one side, problems on the other.</summary>
/// <param name="components">What a component's name can mean.</param>
internal sealed class Binding(ComponentCatalog components)
{
    private readonly List<ConfigurationProblem> _problems = [];

    /// <summary>What was found wrong so far.</summary>
    public IReadOnlyList<ConfigurationProblem> Problems => _problems;

    /// <summary>Adds a problem; false, so that a failing branch reads as one expression.</summary>
    public bool Fail(ConfigurationProblem problem)
    {
        _problems.Add(problem);
        return false;
    }

    /// <summary>Reads a node as a value of <paramref name="type"/>.</summary>
    /// <param name="type">The type wanted.</param>
    /// <param name="node">What stands in the configuration.</param>
    /// <param name="optional">Whether null may stand there.</param>
    /// <param name="value">The value, where the answer is true.</param>
    public bool TryBind(Type type, ConfigNode node, bool optional, out object? value)
    {
        value = null;
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return TryBind(underlying, node, optional: true, out value);
        if (node.Kind == ConfigKind.Null || (optional && node is { Kind: ConfigKind.Text, Text: "null" }))
        {
            node.Settle(null);
            return optional || Fail(node.Problem("null is not allowed here."));
        }

        if (type == typeof(ConfigNode))
            return Found(node, out value);
        if (type == typeof(FilePath))
            return TryFile(node, out value);
        if (ScalarReader.Reads(type))
            return ScalarReader.TryRead(type, node, this, out value);
        try
        {
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Component<>))
                return ComponentBinding.TryBind(type.GetGenericArguments()[0], node, components, this, out value);
            if (ItemType(type, typeof(Dictionary<,>)) is { } entry)
                return TryEntries(entry, node.Section(), out value);
            if (ItemType(type, typeof(List<>)) is { } item)
                return TryItems(type, item, node.Section(), out value);
            if (RecordShape.Of(type) is { } shape)
                return Shorthand(type, node) is { } property ? TrySpelled(shape, property, node, out value) : shape.TryBind(node.Section(), except: null, this, out value);
        }
        catch (ConfigurationException unreadable)
        {
            _problems.AddRange(unreadable.Problems);
            return false;
        }

        return Fail(node.Problem($"values of the type {type} cannot be written in JSON: a mistake in the options record, not in this file."));
    }

    /// <summary>What a node is, for people.</summary>
    public static string Name(ConfigNode node) => node.Kind switch
    {
        ConfigKind.Object => "an object",
        ConfigKind.List => "a list",
        ConfigKind.Step => "keys",
        ConfigKind.Null => "null",
        ConfigKind.String or ConfigKind.Text => $"\"{node.Text}\"",
        ConfigKind.Boolean => node.Text == bool.TrueString ? "true" : "false",
        _ => $"{node.Text}",
    };

    /// <summary>The key that the single value of a node is of, where <paramref name="type"/> has a <see cref="ShorthandAttribute"/>; null where it is none or has none.</summary>
    private static string? Shorthand(Type type, ConfigNode node) =>
        node.Section() == node && node.Kind is ConfigKind.Number or ConfigKind.String or ConfigKind.Text or ConfigKind.Boolean && node.Children.Count == 0
            && type.GetCustomAttribute<ShorthandAttribute>() is { } shorthand
            ? ConfigKeys.Camel(shorthand.Property)
            : null;

    private bool TrySpelled(RecordShape shape, string property, ConfigNode node, out object? value)
    {
        var spelled = new ConfigNode(property, node.Path, node.Origin, node.Line, node.Kind, node.Text, []);
        var bound = shape.TryBind(new(node.Key, node.Path, node.Origin, node.Line, ConfigKind.Object, null, [spelled]), except: null, this, out value);
        if (bound)
            node.Settle(spelled.ToJson());
        return bound;
    }

    private static bool Found(object found, out object? value)
    {
        value = found;
        return true;
    }

    private bool TryFile(ConfigNode node, out object? value)
    {
        value = null;
        if (node.Kind is not (ConfigKind.String or ConfigKind.Text) || node.Text!.Length == 0 || node.Children.Count > 0)
            return Fail(node.Problem($"expected a file name, found {Name(node)}."));
        var file = new FilePath(node.Text, Path.GetFullPath(node.Text, node.Origin.Directory));
        node.Settle(JsonValue.Create(file.Full));
        return Found(file, out value);
    }

    private bool TryItems(Type type, Type item, ConfigNode list, out object? value)
    {
        value = null;
        var isList = list.Kind == ConfigKind.List || (list.Kind == ConfigKind.Step && list.Children.All(child => int.TryParse(child.Key, out _)));
        if (!isList)
            return Fail(list.Problem($"expected a list, found {Name(list)}."));

        var items = new object?[list.Children.Count];
        var bound = true;
        for (var i = 0; i < items.Length; i++)
        {
            var child = list.Children[i];
            bound &= child.Key == $"{i}"
                ? TryBind(item, child, optional: false, out items[i])
                : Fail(child.Problem($"there is no item {child.Key}: the list has {i} {(i == 1 ? "item" : "items")}, numbered from 0."));
        }

        if (!bound)
            return false;
        var array = Array.CreateInstance(item, items.Length);
        items.CopyTo(array, 0);
        return Found(type.IsAssignableFrom(array.GetType()) ? array : Activator.CreateInstance(typeof(List<>).MakeGenericType(item), array)!, out value);
    }

    private bool TryEntries(Type item, ConfigNode section, out object? value)
    {
        value = null;
        if (section.Kind is not (ConfigKind.Object or ConfigKind.Step))
            return Fail(section.Problem($"expected an object, found {Name(section)}."));

        var entries = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), item))!;
        var bound = true;
        foreach (var child in section.Children.Where(child => child.Key != "$schema"))
        {
            bound &= TryBind(item, child, optional: false, out var entry);
            if (bound)
                entries[child.Key] = entry;
        }

        return bound && Found(entries, out value);
    }

    /// <summary>The type of the items, where <paramref name="type"/> is an array or something a list (or dictionary of strings) can be given for.</summary>
    private static Type? ItemType(Type type, Type collection)
    {
        if (type.IsArray)
            return collection == typeof(List<>) && type.GetArrayRank() == 1 ? type.GetElementType() : null;
        if (!type.IsGenericType || type.GetGenericArguments() is not { } arguments || arguments.Length != collection.GetGenericArguments().Length)
            return null;
        if (collection == typeof(Dictionary<,>) && arguments[0] != typeof(string))
            return null;
        return type.IsAssignableFrom(collection.MakeGenericType(arguments)) ? arguments[^1] : null;
    }
}
