using System.Reflection;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Operators;

/// <summary>Checks every form of an operator: values, strided inputs, float32, in place, and gradients against central differences.</summary>
internal static class OperatorCheck
{
    public static void Run(OperatorCase operatorCase)
    {
        using var scope = NewDisposeScope();
        object?[] arguments = operatorCase.Arguments;
        Grid[] expected = operatorCase.Expected(Grids(arguments));
        var forms = OperatorCall.Forms(operatorCase).ToList();
        Xunit.Assert.True(forms.Count > 0, $"{operatorCase}: no such method takes these arguments");
        foreach ((string name, MethodInfo method, bool inPlace) in forms)
        {
            if (inPlace)
            {
                CheckInPlace(operatorCase, name, method, expected);
                continue;
            }

            Compare(expected, OperatorCall.Invoke(method, arguments), $"{name} of {operatorCase}", operatorCase.Tolerance);
            if (operatorCase.Varied)
            {
                Compare(expected, OperatorCall.Invoke(method, Replace(arguments, Sample.Strided)), $"{name} of strided {operatorCase}", operatorCase.Tolerance);
                object?[] single = Replace(arguments, t => t.dtype == ScalarType.Float64 ? t.to(ScalarType.Float32) : t);
                Compare(operatorCase.Expected(Grids(single)), OperatorCall.Invoke(method, single), $"{name} of single {operatorCase}", Near.Float32);
            }
        }

        if (operatorCase.Differentiable)
        {
            CheckGradients(operatorCase, forms.First(f => !f.InPlace).Method);
        }
    }

    private static void CheckInPlace(OperatorCase operatorCase, string name, MethodInfo method, Grid[] expected)
    {
        object?[] arguments = Replace(operatorCase.Arguments, t => t.clone());
        Tensor self = (Tensor)arguments[0]!;
        if (!expected[0].Shape.SequenceEqual(self.shape))
        {
            return;
        }

        Tensor[] results = OperatorCall.Invoke(method, arguments);
        Compare(expected, results, $"{name} of {operatorCase}", operatorCase.Tolerance);
        Compare(expected, [self], $"{name} of {operatorCase}, the tensor itself", operatorCase.Tolerance);
    }

    // d/dx of sum(w * f(x)) with fixed uneven weights w, against (F(x + h) - F(x - h)) / 2h.
    private static void CheckGradients(OperatorCase operatorCase, MethodInfo method)
    {
        object?[] arguments = Replace(operatorCase.Arguments, t => t.dtype == ScalarType.Float64 ? t.detach().clone().requires_grad_() : t);
        Tensor[] inputs = [.. arguments.OfType<Tensor>().Concat(arguments.OfType<IEnumerable<Tensor>>().SelectMany(a => a)).Where(t => t.requires_grad)];
        Tensor objective = Objective(OperatorCall.Invoke(method, arguments));
        if (inputs.Length == 0 || !objective.requires_grad)
        {
            throw new InvalidOperationException($"{operatorCase}: the result has no gradient; mark the case as not differentiable");
        }

        objective.backward();
        foreach (Tensor input in inputs.Where(i => i.numel() > 0))
        {
            Grid analytic = input.grad is { } g ? Grid.Of(g) : Grid.Build(input.shape, _ => 0);
            Tensor flat = input.detach().view(-1);
            long stride = Math.Max(1, flat.numel() / 8);
            for (long i = 0; i < flat.numel(); i += stride)
            {
                const double h = 1e-5;
                double up = Shifted(flat, i, h), down = Shifted(flat, i, -h);
                double slope = (up - down) / (2 * h);
                bool near = Math.Abs(slope - analytic.Values[i]) <= Near.Difference * (1 + Math.Abs(slope));
                Xunit.Assert.True(near, $"{operatorCase}: gradient {i}: {slope:R} by differences, {analytic.Values[i]:R} by backward");
            }
        }

        double Shifted(Tensor flat, long i, double h)
        {
            using var inner = NewDisposeScope();
            using var untracked = no_grad();
            flat[i].add_(h);
            double value = Objective(OperatorCall.Invoke(method, arguments)).ToDouble();
            flat[i].sub_(h);
            return value;
        }
    }

    private static Tensor Objective(Tensor[] results)
    {
        Tensor total = torch.tensor(0.0);
        foreach (Tensor result in results)
        {
            if (!result.is_floating_point() && !result.is_complex())
            {
                continue;
            }

            Tensor real = result.is_complex() ? view_as_real(result.resolve_conj()) : result;
            Tensor weights = Sample.Seeded(5, 0.5, 1.5, real.shape);
            total = total + (real * weights).sum();
        }

        return total;
    }

    private static void Compare(Grid[] expected, Tensor[] actual, string what, double? tolerance)
    {
        Xunit.Assert.True(expected.Length <= actual.Length, $"{what}: {expected.Length} results expected, {actual.Length} found");
        for (int i = 0; i < expected.Length; i++)
        {
            Near.Assert(expected[i], actual[i], expected.Length == 1 ? what : $"{what}, result {i}", tolerance);
        }
    }

    private static Grid[] Grids(object?[] arguments) => [.. arguments.SelectMany(a => a switch
    {
        Tensor t => [Grid.Of(t)],
        IEnumerable<Tensor> many => many.Select(Grid.Of),
        _ => Enumerable.Empty<Grid>(),
    })];

    private static object?[] Replace(object?[] arguments, Func<Tensor, Tensor> change) => [.. arguments.Select(a => a switch
    {
        Tensor t => change(t),
        Tensor[] many => many.Select(change).ToArray(),
        List<Tensor> many => many.Select(change).ToList(),
        _ => a,
    })];
}
