using System.Reflection;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sequence.Conformance.Tests;

/// <summary>The parameters that a module holds in its fields and in those of the modules it holds, found without asking the module.</summary>
internal static class Weights
{
    public static IReadOnlyList<(string Name, Parameter Parameter)> Held(nn.Module module, string path = "")
    {
        // the library's own modules keep parameters in ways of their own, and register them
        if (module.GetType().Assembly == typeof(nn.Module).Assembly && module is not IEnumerable<nn.Module>)
            return [.. module.named_parameters().Select(own => (path + own.name, own.parameter))];

        var held = new List<(string, Parameter)>();
        if (module is IEnumerable<nn.Module> items)
            return [.. items.SelectMany((item, index) => Held(item, $"{path}{index}."))];
        for (var type = module.GetType(); type is not null && type.Assembly != typeof(nn.Module).Assembly; type = type.BaseType)
        {
            foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                switch (field.GetValue(module))
                {
                    case Parameter parameter:
                        held.Add((path + field.Name, parameter));
                        break;
                    case nn.Module child:
                        held.AddRange(Held(child, $"{path}{field.Name}."));
                        break;
                    case IEnumerable<nn.Module> children:
                        held.AddRange(children.SelectMany((child, index) => Held(child, $"{path}{field.Name}[{index}].")));
                        break;
                    case IEnumerable<Parameter> parameters:
                        held.AddRange(parameters.Select((parameter, index) => ($"{path}{field.Name}[{index}]", parameter)));
                        break;
                }
            }
        }

        return held;
    }

    /// <summary>Every parameter held is registered, once; nothing else is; each gets a gradient from the loss, and a step of the optimizer changes it.</summary>
    public static void AreTrained(nn.Module module, Func<Tensor> loss)
    {
        var held = Held(module);
        Assert.Equal(held.Select(each => each.Parameter.Handle).Order(), module.parameters().Select(each => each.Handle).Order());
        Assert.Equal(held.Count, module.state_dict().Count - module.named_buffers().Count());
        if (held.Count == 0)
            return;

        var before = held.Select(each => each.Parameter.detach().clone()).ToArray();
        using var optimizer = optim.AdamW(module.parameters(), lr: 0.01);
        loss().backward();
        foreach (var (name, parameter) in held)
            Assert.True(parameter.grad is { } gradient && gradient.abs().max().ToDouble() > 0, $"No gradient reaches {name}.");
        optimizer.step();
        foreach (var ((name, parameter), old) in held.Zip(before))
            Assert.False(parameter.detach().Equals(old), $"Training leaves {name} as it was.");
    }

    /// <summary>Compares the gradients of a scalar to central differences, at a few elements of each tensor. All in float64.</summary>
    public static void HaveTheGradientOf(Func<Tensor> loss, IEnumerable<(string Name, Tensor Tensor)> tensors)
    {
        const double Step = 1e-5;
        var random = new Random(3);
        loss().backward();
        foreach (var (name, tensor) in tensors)
        {
            var gradient = tensor.grad!.reshape(-1);
            var values = tensor.detach().view(-1);
            for (var probe = 0; probe < 5; probe++)
            {
                var at = random.NextInt64(values.numel());
                var value = values[at].ToDouble();
                double Loss(double moved)
                {
                    using var scope = NewDisposeScope();
                    using var gradients = no_grad();
                    values[at] = moved;
                    return loss().ToDouble();
                }

                var expected = (Loss(value + Step) - Loss(value - Step)) / (2 * Step);
                Loss(value);
                var actual = gradient[at].ToDouble();
                Assert.True(Math.Abs(expected - actual) <= Tolerance.Derivative * Math.Max(1, Math.Abs(expected)), $"The derivative by {name}[{at}] is {expected:g8}, not {actual:g8}.");
            }
        }
    }
}
