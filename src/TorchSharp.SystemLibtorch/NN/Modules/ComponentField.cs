using System.Reflection;
using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace TorchSharp.Utils;

/// <summary>
/// A field of a module class that may hold a sub-module, a parameter or a buffer, with its registered name.
/// </summary>
/// <remarks>
/// The name is the field's, or <see cref="ComponentNameAttribute.Name"/>. The backing field of an automatic property
/// keeps the compiler's name (<c>&lt;Lin&gt;k__BackingField</c>), so that state dictionaries carry the same keys under
/// every provider of this API: use fields, or name the backing field with <c>[field: ComponentName(Name = "lin")]</c>.
/// </remarks>
internal sealed record ComponentField(string Name, FieldInfo Field)
{
    // keyed weakly: a plugin's types must not outlive its load context
    private static readonly ConditionalWeakTable<Type, ComponentField[]> s_ofType = [];

    /// <summary>The candidate fields of a module class: the most derived class's first, in order of declaration.</summary>
    public static IReadOnlyList<ComponentField> Of(Type module) => s_ofType.GetValue(module, static type => [.. Find(type)]);

    private static IEnumerable<ComponentField> Find(Type module)
    {
        const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

        for (var type = module; type is not null && type != typeof(nn.Module); type = type.BaseType)
        {
            foreach (var field in type.GetFields(Declared))
            {
                if (!MayHoldComponent(field.FieldType))
                    continue;
                var renamed = field.GetCustomAttribute<ComponentNameAttribute>()?.Name;
                yield return new ComponentField(string.IsNullOrEmpty(renamed) ? field.Name : renamed, field);
            }
        }
    }

    private static bool MayHoldComponent(Type type) =>
        typeof(nn.Module).IsAssignableFrom(type) || typeof(Tensor).IsAssignableFrom(type)
        || type.IsInterface || type == typeof(object) || type.IsGenericParameter;
}
