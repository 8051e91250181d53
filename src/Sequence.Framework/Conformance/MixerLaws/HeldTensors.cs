using System.Collections;
using System.Reflection;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.MixerLaws;

/// <summary>What a module holds in its fields, and in those of whatever its fields hold, found without asking the module.</summary>
internal static class HeldTensors
{
    private static readonly Assembly Library = typeof(nn.Module).Assembly;

    /// <summary>Every tensor, parameter or not, once, with the path of the fields to it.</summary>
    public static IReadOnlyList<(string Name, Tensor Tensor)> Of(nn.Module module)
    {
        var found = new List<(string Name, Tensor Tensor)>();
        Walk(module, "", new HashSet<object>(ReferenceEqualityComparer.Instance), found);
        return [.. found.DistinctBy(each => each.Tensor.Handle)];
    }

    private static void Walk(object? value, string path, HashSet<object> seen, List<(string Name, Tensor Tensor)> found)
    {
        switch (value)
        {
            case null or string or Type:
                return;
            case Delegate function:
                Walk(function.Target, path, seen, found);
                return;
            case Tensor tensor:
                if (!tensor.IsInvalid)
                    found.Add((path, tensor));
                return;
        }

        var type = value.GetType();
        if (type.IsPrimitive || type.IsEnum || type.IsPointer || !seen.Add(value))
            return;
        switch (value)
        {
            case IDictionary entries:
                foreach (DictionaryEntry entry in entries)
                    Walk(entry.Value, $"{path}[{entry.Key}]", seen, found);
                return;
            case IEnumerable items:
                var index = 0;
                foreach (var item in items)
                    Walk(item, $"{path}[{index++}]", seen, found);
                return;
            case nn.Module own when type.Assembly == Library:
                // the library's own modules keep parameters in ways of their own, and register them
                foreach (var (name, parameter) in own.named_parameters())
                    found.Add(($"{path}.{name}", parameter));
                return;
        }

        // into what plugins and the framework define, not into what the platform does
        for (; type is not null && type.Assembly != Library && !IsPlatform(type); type = type.BaseType)
        {
            foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                Walk(field.GetValue(value), path.Length == 0 ? field.Name : $"{path}.{field.Name}", seen, found);
        }
    }

    private static bool IsPlatform(Type type) => type.Namespace is { } name && (name == "System" || name.StartsWith("System.", StringComparison.Ordinal));
}
