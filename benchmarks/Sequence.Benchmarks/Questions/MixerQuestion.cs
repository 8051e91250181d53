using Sequence.Benchmarks.Measuring;
using Sequence.Components;
using Sequence.Framework.Plugins;
using Sequence.Mixers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sequence.Benchmarks.Questions;

/// <summary>A training step through a mixer, without a channel mixer: outputs, and gradients to the inputs and all parameters.</summary>
/// <param name="host">Where mixers come from.</param>
/// <param name="setting">Where it is asked, and at which sizes.</param>
/// <param name="mixer">Its name.</param>
/// <param name="forms">The scans of the peer.</param>
public sealed class MixerQuestion(SequenceHost host, Setting setting, string mixer, params IReadOnlyList<string> forms) : Question(setting)
{
    private const string OfTheHost = "layer.";

    /// <inheritdoc/>
    public override string Name => $"mixer/{mixer}";

    /// <inheritdoc/>
    public override string Script => "mixers.py";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Forms => [.. forms.Where(form => !(Setting.IsGpu && form == "loop")).Select(form => $"{mixer}-{form}")];

    /// <inheritdoc/>
    public override IReadOnlyList<Pass> Passes => [Pass.Both];

    /// <inheritdoc/>
    public override ICase Create(long T)
    {
        using var scope = NewDisposeScope();
        var B = Setting.Rows(T);
        manual_seed(1);
        var layer = Layer();
        var parameters = layer.named_parameters().ToDictionary(
            each => each.name.StartsWith(OfTheHost, StringComparison.Ordinal) ? each.name[OfTheHost.Length..] : each.name, each => (Tensor)each.parameter);
        return new OperationCase(Setting, T, new(parameters) { ["x"] = randn(B, T, D) }, of => [layer.Forward(of("x"), SequenceContext.Dense)], owned: layer, ending: new LayerEnding(layer));
    }

    /// <inheritdoc/>
    public override LinearMaps LinearMaps(long T)
    {
        using var layer = Layer();
        return new(Setting, Setting.Rows(T) * T, layer.named_modules().Select(each => each.module).OfType<Linear>().Select(map => map.weight!.shape));
    }

    private SequenceMixer Layer()
    {
        var component = host.Components.Bind<SequenceMixer>(Configured.Node($$"""{ "mixer": "{{mixer}}" }""")["mixer"]!);
        var layer = component.Create(new ComponentContext((int)D, Layer: 0, Depth: 1));
        layer.to(Setting.ElementType);
        layer.to(Setting.Device);
        return layer;
    }
}
