using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Runtime.CompilerServices;
using Sequence.Components;

namespace Sequence.Framework.Configuration;

/// <summary>One key of an options record: a constructor's parameter, or a property that can be set.</summary>
internal sealed class RecordKey
{
    private readonly bool _optional;
    private readonly IReadOnlyList<ValidationAttribute> _annotations;
    private readonly string? _default;
    private readonly bool _nests;

    /// <summary>A constructor's parameter; on a record its annotations may also stand on the property it makes.</summary>
    public RecordKey(ParameterInfo parameter, NullabilityInfoContext nullability)
    {
        var property = parameter.Member.DeclaringType!.GetProperty(parameter.Name!);
        Name = ConfigKeys.Camel(parameter.Name!);
        Parameter = parameter;
        Required = !parameter.HasDefaultValue;
        Type = parameter.ParameterType;
        _optional = nullability.Create(parameter).WriteState == NullabilityState.Nullable;
        _annotations = [.. parameter.GetCustomAttributes<ValidationAttribute>(), .. property?.GetCustomAttributes<ValidationAttribute>() ?? []];
    }

    /// <summary>A property.</summary>
    public RecordKey(PropertyInfo property, NullabilityInfoContext nullability)
    {
        Name = ConfigKeys.Camel(property.Name);
        Property = property;
        Required = property.IsDefined(typeof(RequiredMemberAttribute)) || property.IsDefined(typeof(RequiredAttribute));
        Type = property.PropertyType;
        _optional = nullability.Create(property).WriteState == NullabilityState.Nullable;
        _annotations = [.. property.GetCustomAttributes<ValidationAttribute>()];
        _default = property.GetCustomAttribute<DefaultComponentAttribute>()?.Name;
        _nests = !Required && !_optional && HasDefaultComponents(Type, []);
    }

    /// <summary>The key in JSON.</summary>
    public string Name { get; }

    /// <summary>The type of its value.</summary>
    public Type Type { get; }

    /// <summary>Whether there is no default.</summary>
    public bool Required { get; }

    /// <summary>The parameter, where it is one.</summary>
    public ParameterInfo? Parameter { get; }

    /// <summary>The property, where it is one.</summary>
    public PropertyInfo? Property { get; }

    /// <summary>
    /// What stands for the key where <paramref name="section"/> lacks it: the name of a component, or an object without keys for a record that has such defaults
    /// itself; null where the record's own default does.
    /// </summary>
    public ConfigNode? DefaultIn(ConfigNode section)
    {
        var kind = _default is not null ? ConfigKind.String : ConfigKind.Object;
        return _default is null && !_nests ? null : new(Name, $"{section.Path}.{Name}", section.Origin, section.Line, kind, _default, []);
    }

    /// <summary>Reads a value and checks its annotations.</summary>
    public bool TryBind(ConfigNode node, Binding binding, out object? value)
    {
        var sound = binding.TryBind(Type, node, _optional, out value);
        if (!sound)
            return false;
        foreach (var annotation in _annotations)
            sound &= Annotations.TryCheck(annotation, Name, value, node, binding);
        return sound;
    }

    private static bool HasDefaultComponents(Type type, HashSet<Type> seen) =>
        type.IsClass && seen.Add(type)
        && type.GetProperties().Any(property => property.IsDefined(typeof(DefaultComponentAttribute)) || HasDefaultComponents(property.PropertyType, seen));
}
