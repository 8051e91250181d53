using System.Reflection;
using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Operators;

/// <summary>Calls of an operator by name: instance and static form, and the form in place.</summary>
internal static class OperatorCall
{
    public static MethodInfo? Find(Type type, string name, bool isStatic, object?[] arguments) => type
        .GetMethods(BindingFlags.Public | BindingFlags.DeclaredOnly | (isStatic ? BindingFlags.Static : BindingFlags.Instance))
        .Where(m => m.Name == name && !m.IsGenericMethod)
        .Where(m => Fits(m.GetParameters(), arguments))
        .OrderBy(m => m.GetParameters().Length)
        .FirstOrDefault();

    /// <summary>The forms that take these arguments, each with a name.</summary>
    public static IEnumerable<(string Name, MethodInfo Method, bool InPlace)> Forms(OperatorCase operatorCase)
    {
        bool tensorFirst = operatorCase.Home == typeof(torch) && operatorCase.Arguments is [Tensor, ..];
        object?[] rest = operatorCase.Arguments[1..];
        foreach ((string name, bool inPlace) in new[] { (operatorCase.Member, false), (operatorCase.Member + "_", true) })
        {
            if (inPlace && !operatorCase.InPlace)
            {
                continue;
            }

            if (tensorFirst && operatorCase.Only != "static" && Find(typeof(Tensor), name, false, rest) is { } instance)
            {
                yield return ($"Tensor.{name}", instance, inPlace);
            }

            if (operatorCase.Only != "method" && Find(operatorCase.Home, name, true, operatorCase.Arguments) is { } form)
            {
                yield return ($"{operatorCase.Home.Name}.{name}", form, inPlace);
            }
        }
    }

    public static Tensor[] Invoke(MethodInfo method, object?[] arguments)
    {
        object? target = method.IsStatic ? null : arguments[0];
        object?[] given = method.IsStatic ? arguments : arguments[1..];
        ParameterInfo[] parameters = method.GetParameters();
        object?[] all = [.. parameters.Select((p, i) => i < given.Length ? given[i] : Default(p))];
        object? result;
        try
        {
            result = method.Invoke(target, all);
        }
        catch (TargetInvocationException e)
        {
            throw new InvalidOperationException($"{method.DeclaringType!.Name}.{method.Name}: {e.InnerException!.Message}", e.InnerException);
        }

        return result switch
        {
            Tensor t => [t],
            ITuple tuple => [.. Enumerable.Range(0, tuple.Length).Select(i => (Tensor)tuple[i]!)],
            IEnumerable<Tensor> many => [.. many],
            bool truth => [truth ? torch.tensor(1.0) : torch.tensor(0.0)],
            _ => throw new InvalidOperationException($"{method.Name} returned {result?.GetType().Name ?? "nothing"}"),
        };
    }

    private static object? Default(ParameterInfo parameter) => parameter.HasDefaultValue
        ? parameter.DefaultValue is { } value && parameter.ParameterType.IsEnum ? Enum.ToObject(parameter.ParameterType, value) : parameter.DefaultValue
        : Array.CreateInstance(parameter.ParameterType.GetElementType()!, 0);

    private static bool Fits(ParameterInfo[] parameters, object?[] arguments)
    {
        if (arguments.Length > parameters.Length)
        {
            return false;
        }

        for (int i = 0; i < parameters.Length; i++)
        {
            Type type = parameters[i].ParameterType;
            bool fits = i < arguments.Length
                ? arguments[i] is { } value ? type.IsInstanceOfType(value) : !type.IsValueType || Nullable.GetUnderlyingType(type) is not null
                : parameters[i].HasDefaultValue && !type.IsByRefLike;
            if (!fits)
            {
                return false;
            }
        }

        return true;
    }
}
