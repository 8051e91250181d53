using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using Sequence.Components;

namespace Sequence.Framework.Configuration;

/// <summary>Bound options as the JSON that would bind to them, every default written out: what identifies a configuration, however it was written.</summary>
internal static class OptionsJson
{
    /// <summary>A record, a component or a value.</summary>
    public static JsonNode? Of(object? value) => value switch
    {
        null => null,
        string text => text,
        bool flag => flag,
        Enum word => ConfigKeys.Kebab(word.ToString()),
        float or double or decimal => Convert.ToDouble(value, CultureInfo.InvariantCulture),
        IConvertible number => Convert.ToInt64(number, CultureInfo.InvariantCulture),
        IDictionary pairs => new JsonObject(pairs.Keys.Cast<object>().Select(key => KeyValuePair.Create($"{key}", Of(pairs[key])))),
        IEnumerable items => new JsonArray([.. items.Cast<object?>().Select(Of)]),
        _ when IsComponent(value, out var name, out var options) => Named(name, options),
        _ => Record(value),
    };

    /// <summary>The assemblies of plugins that the components in a value are of.</summary>
    public static IEnumerable<AssemblyName> Plugins(object? value) => value switch
    {
        null or string or IConvertible => [],
        IDictionary pairs => pairs.Values.Cast<object?>().SelectMany(Plugins),
        IEnumerable items => items.Cast<object?>().SelectMany(Plugins),
        _ when IsComponent(value, out _, out var options) => [.. Plugins(options), .. IsOwn(options.GetType().Assembly) ? (AssemblyName[])[] : [options.GetType().Assembly.GetName()]],
        _ => Properties(value).SelectMany(property => Plugins(property.GetValue(value))),
    };

    private static bool IsComponent(object value, out string name, out object options)
    {
        var type = value.GetType();
        var isComponent = type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Component<>);
        name = isComponent ? (string)type.GetProperty(nameof(Component<object>.Name))!.GetValue(value)! : "";
        options = isComponent ? type.GetProperty(nameof(Component<object>.Options))!.GetValue(value)! : value;
        return isComponent;
    }

    private static JsonObject Named(string name, object options) =>
        new([KeyValuePair.Create("name", (JsonNode?)name), .. Record(options).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone()))]);

    private static JsonObject Record(object value) =>
        new(Properties(value).Select(property => KeyValuePair.Create(ConfigKeys.Camel(property.Name), Of(property.GetValue(value)))));

    private static bool IsOwn(Assembly assembly) => assembly == typeof(object).Assembly || assembly == typeof(Component<>).Assembly;

    /// <summary>What can be set, but for words to readers: what is computed from it says nothing more.</summary>
    private static IEnumerable<PropertyInfo> Properties(object value) => value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.SetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0 && property.Name != "Note");
}
