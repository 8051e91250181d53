using System.Text.Json;

namespace Sequence.Framework.Configuration;

/// <summary>How names in code are written in JSON.</summary>
internal static class ConfigKeys
{
    /// <summary>The key of a property or constructor parameter: <c>DModel</c> is <c>dModel</c>.</summary>
    public static string Camel(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);

    /// <summary>The word for an enum's value or a kind: <c>ChannelMixer</c> is <c>channel-mixer</c>.</summary>
    public static string Kebab(string name) => JsonNamingPolicy.KebabCaseLower.ConvertName(name);

    /// <summary>Whether a name is lower-case words of letters and digits joined by hyphens.</summary>
    public static bool IsKebab(string name) =>
        name.Length > 0 && name.Split('-').All(word => word.Length > 0 && word.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)));
}
