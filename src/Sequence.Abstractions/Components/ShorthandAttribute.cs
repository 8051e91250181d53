namespace Sequence.Components;

/// <summary>
/// That JSON may write one value where it expects an options record: <c>"budget": 256</c> for <c>"budget": { "tokens": 256 }</c>. A number, text or boolean
/// there is what <paramref name="property"/> is given, and the rest of the record keeps its defaults.
/// </summary>
/// <param name="property">Name of the property that the value is of.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ShorthandAttribute(string property) : Attribute
{
    /// <summary>Name of the property.</summary>
    public string Property { get; } = property;
}
