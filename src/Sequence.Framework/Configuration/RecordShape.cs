using System.Reflection;

namespace Sequence.Framework.Configuration;

/// <summary>The keys that an options record has in JSON, and how the record is made from their values.</summary>
internal sealed class RecordShape
{
    private readonly ConstructorInfo _constructor;

    private RecordShape(ConstructorInfo constructor)
    {
        _constructor = constructor;
        var nullability = new NullabilityInfoContext();
        var parameters = constructor.GetParameters();
        Keys =
        [
            .. parameters.Select(parameter => new RecordKey(parameter, nullability)),
            .. constructor.DeclaringType!.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(property => property.SetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0)
                .Where(property => !parameters.Any(parameter => parameter.Name == property.Name))
                .Select(property => new RecordKey(property, nullability)),
        ];
    }

    /// <summary>The keys: of the constructor first, then of the properties, in the order of their declaration.</summary>
    public IReadOnlyList<RecordKey> Keys { get; }

    /// <summary>The shape of a concrete class; null where there is no public constructor.</summary>
    public static RecordShape? Of(Type type) =>
        type is { IsClass: true, IsAbstract: false } && type != typeof(object) && !typeof(Delegate).IsAssignableFrom(type)
        && type.GetConstructors().MinBy(constructor => constructor.GetParameters().Length) is { } constructor
            ? new(constructor)
            : null;

    /// <summary>Binds every key of a section and makes the record.</summary>
    /// <param name="section">An object.</param>
    /// <param name="except">A key that somebody else reads.</param>
    /// <param name="binding">Where problems go.</param>
    /// <param name="value">The record, where the answer is true.</param>
    public bool TryBind(ConfigNode section, string? except, Binding binding, out object? value)
    {
        value = null;
        if (section.Kind is not (ConfigKind.Object or ConfigKind.Step))
            return binding.Fail(section.Problem($"expected an object, found {Binding.Name(section)}."));

        var known = Keys.Where(key => key.Name != except).ToDictionary(key => key.Name, StringComparer.Ordinal);
        var values = new Dictionary<RecordKey, object?>();
        var meant = new HashSet<string>(StringComparer.Ordinal);
        var bound = true;
        foreach (var child in section.Children.Where(child => child.Key != except))
        {
            if (Match(child, known.Values) is { } key)
            {
                bound &= key.TryBind(child, binding, out var member);
                values[key] = member;
            }
            else if (child.Key is "note" or "$schema")
            {
                bound &= child.Kind is ConfigKind.String or ConfigKind.Text || binding.Fail(child.Problem($"expected text, found {Binding.Name(child)}."));
            }
            else
            {
                meant.UnionWith(NearMatches.Of(child.Key, known.Keys).Take(1));
                bound = binding.Fail(child.Problem(
                    $"unknown key{NearMatches.Ending(child.Key, known.Keys)} Known here: {Known(known.Keys)}."));
            }
        }

        foreach (var key in known.Values.Where(key => !values.ContainsKey(key) && !meant.Contains(key.Name)))
        {
            if (key.DefaultIn(section) is not { } absent)
                continue;
            bound &= key.TryBind(absent, binding, out var member);
            values[key] = member;
        }

        foreach (var key in known.Values.Where(key => key.Required && !values.ContainsKey(key) && !meant.Contains(key.Name)))
            bound = binding.Fail(section.Problem($"the key \"{key.Name}\" is missing; it has no default."));
        return bound && TryMake(section, values, binding, out value);
    }

    private static RecordKey? Match(ConfigNode child, IEnumerable<RecordKey> known)
    {
        var comparison = child.Origin.AnyCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return known.FirstOrDefault(key => string.Equals(key.Name, child.Key, comparison));
    }

    private static string Known(IEnumerable<string> names) =>
        string.Join(", ", names.Order(StringComparer.Ordinal)) is { Length: > 0 } list ? list : "nothing";

    private bool TryMake(ConfigNode section, Dictionary<RecordKey, object?> values, Binding binding, out object? value)
    {
        var arguments = Keys.Where(key => key.Parameter is not null).Select(key => values.TryGetValue(key, out var given) ? given : key.Parameter!.DefaultValue);
        value = null;
        try
        {
            value = _constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, [.. arguments], null);
            foreach (var (key, member) in values)
                key.Property?.SetValue(value, member, BindingFlags.DoNotWrapExceptions, null, null, null);
            return Annotations.TryCheck(value, section, binding);
        }
        catch (ArgumentException refusal)
        {
            // how a record refuses values by hand, in its constructor, an init accessor or Validate
            return binding.Fail(section.Problem(refusal.Message));
        }
    }
}
