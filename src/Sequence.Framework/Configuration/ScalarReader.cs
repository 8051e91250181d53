using System.Globalization;
using System.Text.Json.Nodes;

namespace Sequence.Framework.Configuration;

/// <summary>Reads strings, booleans, numbers and enums exactly: a number is a number from its first character to its last.</summary>
internal static class ScalarReader
{
    private const NumberStyles Whole = NumberStyles.AllowLeadingSign;
    private const NumberStyles Real = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    /// <summary>Whether values of that type are read here.</summary>
    public static bool Reads(Type type) => type.IsEnum || Type.GetTypeCode(type)
        is TypeCode.String or TypeCode.Boolean or TypeCode.Int32 or TypeCode.Int64 or TypeCode.Single or TypeCode.Double;

    /// <summary>Reads a node as a value of <paramref name="type"/>.</summary>
    public static bool TryRead(Type type, ConfigNode node, Binding binding, out object? value)
    {
        value = node.Children.Count > 0 ? null
            : type.IsEnum ? Enum(type, node)
            : Type.GetTypeCode(type) switch
            {
                TypeCode.String => Text(node),
                TypeCode.Boolean => Boolean(node),
                TypeCode.Int32 => Number(node) && int.TryParse(node.Text, Whole, Invariant, out var number) ? number : null,
                TypeCode.Int64 => Number(node) && long.TryParse(node.Text, Whole, Invariant, out var number) ? number : null,
                TypeCode.Single => Number(node) && float.TryParse(node.Text, Real, Invariant, out var number) && float.IsFinite(number) ? number : null,
                _ => Number(node) && double.TryParse(node.Text, Real, Invariant, out var number) && double.IsFinite(number) ? number : null,
            };
        if (value is null)
            return binding.Fail(node.Problem($"expected {Expected(type)}, found {Binding.Name(node)}{(type.IsEnum ? Near(type, node) : ".")}"));

        node.Settle(JsonOf(value));
        return true;
    }

    private static string? Text(ConfigNode node) => node.Kind is ConfigKind.String or ConfigKind.Text ? node.Text : null;

    private static bool Number(ConfigNode node) => node.Kind is ConfigKind.Number or ConfigKind.Text;

    private static object? Boolean(ConfigNode node) => node.Kind switch
    {
        ConfigKind.Boolean => node.Text == bool.TrueString,
        ConfigKind.Text when node.Text is "true" or "false" => node.Text == "true",
        _ => null,
    };

    private static object? Enum(Type type, ConfigNode node) => Text(node) is { } text
        ? System.Enum.GetNames(type)
            .Where(name => ConfigKeys.Kebab(name) == text || ConfigKeys.Camel(name) == text)
            .Select(name => System.Enum.Parse(type, name))
            .FirstOrDefault()
        : null;

    private static string Expected(Type type) => type.IsEnum
        ? $"one of {string.Join(", ", System.Enum.GetNames(type).Select(ConfigKeys.Kebab))}"
        : Type.GetTypeCode(type) switch
        {
            TypeCode.String => "text",
            TypeCode.Boolean => "true or false",
            TypeCode.Int32 => $"a whole number ({int.MinValue} to {int.MaxValue})",
            TypeCode.Int64 => "a whole number",
            _ => "a number",
        };

    private static string Near(Type type, ConfigNode node) =>
        Text(node) is { } text ? NearMatches.Ending(text, System.Enum.GetNames(type).Select(ConfigKeys.Kebab)) : ".";

    private static JsonValue JsonOf(object value) => value switch
    {
        string text => JsonValue.Create(text),
        bool flag => JsonValue.Create(flag),
        int number => JsonValue.Create(number),
        long number => JsonValue.Create(number),
        float number => JsonValue.Create(number),
        double number => JsonValue.Create(number),
        _ => JsonValue.Create(ConfigKeys.Kebab($"{value}")),
    };
}
