using Sequence.Framework.Plugins;

namespace Sequence.Framework.Configuration;

/// <summary>
/// Turns configuration into options records, and lets nothing pass: every unknown key, wrong type, value out of range, missing key and
/// unknown component is a problem, and all of them are reported at once, before anything is made of the options.
/// <para>
/// A record is bound through its constructor and its settable properties, keys in camelCase. Values are strings, numbers, booleans, enums
/// (their names in kebab-case or camelCase), <see cref="Components.FilePath"/>, <see cref="Components.Component{T}"/>, further records (or the one value that stands for one, see <see cref="Components.ShorthandAttribute"/>), lists,
/// dictionaries with string keys, and <see cref="ConfigNode"/> for what is to be bound later. <c>$schema</c> and a text <c>note</c> may
/// stand in any object.
/// </para>
/// </summary>
/// <param name="components">What a component's name can mean.</param>
public sealed class StrictBinder(ComponentCatalog components)
{
    /// <summary>Binds one node.</summary>
    /// <exception cref="ConfigurationException">Something is wrong with it; every problem is in the exception.</exception>
    public T Bind<T>(ConfigNode node)
        where T : notnull
    {
        var binding = new Binding(components);
        if (binding.TryBind(typeof(T), node, optional: false, out var value) && binding.Problems.Count == 0)
            return (T)value!;
        throw new ConfigurationException(binding.Problems);
    }
}
