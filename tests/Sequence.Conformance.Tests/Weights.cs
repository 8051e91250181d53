using Sequence.Framework.Conformance;
using Sequence.Framework.Conformance.MixerLaws;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Conformance.Tests;

/// <summary>What the weights of a module keep.</summary>
internal static class Weights
{
    /// <summary>Every tensor held is registered, once; nothing else is; each parameter gets a gradient from the loss, and a step of the optimizer changes it.</summary>
    public static void AreTrained(nn.Module module, Func<Tensor> loss)
    {
        var held = HeldTensors.Of(module);
        var parameters = module.named_parameters().ToList();
        var registered = parameters.Select(each => each.parameter).Concat(module.named_buffers().Select(each => each.buffer));
        Assert.Equal(held.Select(each => each.Tensor.Handle).Order(), registered.Select(tensor => tensor.Handle).Order());
        Assert.Equal(parameters.Count, module.state_dict().Count - module.named_buffers().Count());
        if (parameters.Count == 0)
            return;

        var before = parameters.Select(each => each.parameter.detach().clone()).ToArray();
        using var optimizer = optim.AdamW(module.parameters(), lr: 0.01);
        loss().backward();
        foreach (var (name, parameter) in parameters)
            Assert.True(parameter.grad is { } gradient && gradient.abs().max().ToDouble() > 0, $"No gradient reaches {name}.");
        optimizer.step();
        foreach (var ((name, parameter), old) in parameters.Zip(before))
            Assert.False(parameter.detach().Equals(old), $"Training leaves {name} as it was.");
    }

    /// <summary>The gradients of a scalar are those that central differences give, at a few elements of each tensor. All in float64.</summary>
    public static void HaveTheGradientOf(Func<Tensor> loss, IEnumerable<(string Name, Tensor Tensor)> tensors)
    {
        var findings = new Findings();
        FiniteDifferences.Compare(findings, loss, tensors, seed: 3);
        Assert.True(findings.Passed, findings.Message);
    }
}
