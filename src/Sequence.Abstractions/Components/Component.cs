namespace Sequence.Components;

/// <summary>
/// A component chosen in JSON, with its options bound and checked, not yet made. In JSON: <c>{ "name": "rope", ...its options }</c>, or just
/// the name where the defaults do. Use it as the type of an options property to nest one component in another, also across plugins.
/// </summary>
/// <typeparam name="TComponent">The kind of component.</typeparam>
/// <param name="name">Its name.</param>
/// <param name="options">Its bound options record.</param>
/// <param name="create">Makes it.</param>
public sealed class Component<TComponent>(string name, object options, Func<ComponentContext, TComponent> create)
    where TComponent : class
{
    /// <summary>The name JSON used.</summary>
    public string Name { get; } = name;

    /// <summary>The bound options record.</summary>
    public object Options { get; } = options;

    /// <summary>Makes a new component.</summary>
    public TComponent Create(ComponentContext context) => create(context);
}
