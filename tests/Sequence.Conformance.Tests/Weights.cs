using Sequence.Framework.Conformance;
using Sequence.Framework.Conformance.MixerLaws;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Conformance.Tests;

/// <summary>What the weights of a module keep.</summary>
internal static class Weights
{
    /// <summary>Every parameter held is registered, once; nothing else is; each gets a gradient from the loss, and a step of the optimizer changes it.</summary>
    public static void AreTrained(nn.Module module, Func<Tensor> loss)
    {
        var held = HeldParameters.Of(module);
        Assert.Equal(held.Select(each => each.Tensor.Handle).Order(), module.parameters().Select(each => each.Handle).Order());
        Assert.Equal(held.Count, module.state_dict().Count - module.named_buffers().Count());
        if (held.Count == 0)
            return;

        var before = held.Select(each => each.Tensor.detach().clone()).ToArray();
        using var optimizer = optim.AdamW(module.parameters(), lr: 0.01);
        loss().backward();
        foreach (var (name, parameter) in held)
            Assert.True(parameter.grad is { } gradient && gradient.abs().max().ToDouble() > 0, $"No gradient reaches {name}.");
        optimizer.step();
        foreach (var ((name, parameter), old) in held.Zip(before))
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
