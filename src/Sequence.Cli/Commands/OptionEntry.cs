using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sequence.Components;

namespace Sequence.Cli.Commands;

/// <summary>One key of an options record, as JSON has it.</summary>
/// <param name="Name">The key.</param>
/// <param name="Type">What its value is, in words.</param>
/// <param name="Default">Its default; null where there is none.</param>
/// <param name="Required">Whether it must be given.</param>
internal sealed record OptionEntry(string Name, string Type, JsonNode? Default, bool Required)
{
    /// <summary>The keys of an options record.</summary>
    public static IReadOnlyList<OptionEntry> Of(Type options)
    {
        var defaults = options.GetConstructor([]) is { } constructor ? constructor.Invoke(null) : null;
        return [.. options.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.SetMethod is { IsPublic: true })
            .Select(property => new OptionEntry(
                JsonNamingPolicy.CamelCase.ConvertName(property.Name),
                Word(property.PropertyType),
                property.GetCustomAttribute<DefaultComponentAttribute>()?.Name ?? (defaults is null ? null : Shown(property.GetValue(defaults))),
                property.IsDefined(typeof(RequiredMemberAttribute))))];
    }

    /// <summary>The default for people.</summary>
    public string DefaultText => Required ? "(required)" : Default?.ToJsonString() ?? "none";

    /// <summary>The entry for machines.</summary>
    public JsonObject ToJson() => new() { ["name"] = Name, ["type"] = Type, ["default"] = Default, ["required"] = Required };

    private static string Word(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
            return Word(inner);
        if (type == typeof(string))
            return "text";
        if (type == typeof(bool))
            return "true or false";
        if (type == typeof(FilePath))
            return "file";
        if (type.IsEnum)
            return string.Join(" or ", Enum.GetNames(type).Select(JsonNamingPolicy.KebabCaseLower.ConvertName));
        if (type == typeof(double) || type == typeof(float))
            return "number";
        if (type.IsPrimitive)
            return "whole number";
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Component<>))
            return $"component ({JsonNamingPolicy.KebabCaseLower.ConvertName(type.GetGenericArguments()[0].Name.TrimStart('I'))})";
        if (type.IsGenericType && type.GetGenericArguments() is [var item] && type.IsAssignableFrom(typeof(List<>).MakeGenericType(item)))
            return $"list of {Word(item)}";
        return Shorthand(type) is { } single ? $"{Word(single.PropertyType)} or object" : "object";
    }

    private static JsonNode? Shown(object? value) => value switch
    {
        null => null,
        bool flag => flag,
        string text => text,
        Enum name => JsonNamingPolicy.KebabCaseLower.ConvertName(name.ToString()),
        int or long or short or byte => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        double or float => Convert.ToDouble(value, CultureInfo.InvariantCulture),
        System.Collections.IEnumerable items => new JsonArray([.. items.Cast<object?>().Select(Shown)]),
        _ when Shorthand(value.GetType()) is { } single => Shown(single.GetValue(value)),
        _ => null,
    };

    /// <summary>The property that a single value of a record is of; null where it has none.</summary>
    private static PropertyInfo? Shorthand(Type type) => type.GetCustomAttribute<ShorthandAttribute>() is { } shorthand ? type.GetProperty(shorthand.Property) : null;
}
