using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Runtime.CompilerServices;
using Sequence.Components;

namespace Sequence.Framework.Configuration;

/// <summary>One key of an options record: a constructor's parameter, or a property that can be set.</summary>
internal sealed class RecordKey
{
    private readonly Type _type;
    private readonly bool _optional;
    private readonly IReadOnlyList<ValidationAttribute> _annotations;

    /// <summary>A constructor's parameter; on a record its annotations may also stand on the property it makes.</summary>
    public RecordKey(ParameterInfo parameter, NullabilityInfoContext nullability)
    {
        var property = parameter.Member.DeclaringType!.GetProperty(parameter.Name!);
        Name = ConfigKeys.Camel(parameter.Name!);
        Parameter = parameter;
        Required = !parameter.HasDefaultValue;
        _type = parameter.ParameterType;
        _optional = nullability.Create(parameter).WriteState == NullabilityState.Nullable;
        _annotations = [.. parameter.GetCustomAttributes<ValidationAttribute>(), .. property?.GetCustomAttributes<ValidationAttribute>() ?? []];
    }

    /// <summary>A property.</summary>
    public RecordKey(PropertyInfo property, NullabilityInfoContext nullability)
    {
        Name = ConfigKeys.Camel(property.Name);
        Property = property;
        Required = property.IsDefined(typeof(RequiredMemberAttribute)) || property.IsDefined(typeof(RequiredAttribute));
        _type = property.PropertyType;
        _optional = nullability.Create(property).WriteState == NullabilityState.Nullable;
        _annotations = [.. property.GetCustomAttributes<ValidationAttribute>()];
        Default = property.GetCustomAttribute<DefaultComponentAttribute>()?.Name;
    }

    /// <summary>The key in JSON.</summary>
    public string Name { get; }

    /// <summary>Whether there is no default.</summary>
    public bool Required { get; }

    /// <summary>The name of the component that stands for a missing key; null where there is none.</summary>
    public string? Default { get; }

    /// <summary>The parameter, where it is one.</summary>
    public ParameterInfo? Parameter { get; }

    /// <summary>The property, where it is one.</summary>
    public PropertyInfo? Property { get; }

    /// <summary>Reads a value and checks its annotations.</summary>
    public bool TryBind(ConfigNode node, Binding binding, out object? value)
    {
        var sound = binding.TryBind(_type, node, _optional, out value);
        if (!sound)
            return false;
        foreach (var annotation in _annotations)
            sound &= Annotations.TryCheck(annotation, Name, value, node, binding);
        return sound;
    }
}
