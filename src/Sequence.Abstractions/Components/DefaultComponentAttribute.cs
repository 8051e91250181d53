namespace Sequence.Components;

/// <summary>Which component an options property of type <see cref="Component{T}"/> has where JSON names none: the one of this name, with its defaults.</summary>
/// <param name="name">The component's name.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DefaultComponentAttribute(string name) : Attribute
{
    /// <summary>The component's name.</summary>
    public string Name { get; } = name;
}
