using System.Globalization;
using Sequence.Framework.Models;
using static TorchSharp.torch;

namespace Sequence.Framework.Training;

/// <summary>Looks for the part of a model where numbers stopped being finite, in words.</summary>
internal static class Divergence
{
    /// <summary>The first parameter, or else the first output of a part, that is not finite.</summary>
    public static string InForward(SequenceModel model, Batch batch)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, parameter) in model.named_parameters())
        {
            if (!IsFinite(parameter))
                return $"Parameter {name} of {Part(model, name)} is not finite.";
        }

        foreach (var (part, depth, output) in model.Trace(batch.Inputs, batch.Context))
        {
            if (!IsFinite(output))
                return $"The first output that is not finite is that of {Part(model, part, depth)}.";
        }

        return "All parameters and outputs of the model are finite: the loss alone overflows.";
    }

    /// <summary>
    /// The last parameter whose gradient is not finite: gradients come from the end, so the part above it is where it began. A shared block is
    /// reached first at the last of its depths.
    /// </summary>
    public static string InBackward(SequenceModel model)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var last = model.Layers.ToLookup(layer => layer.Block, layer => layer.Depth);
        foreach (var (name, parameter) in model.named_parameters().OrderBy(each => BlockOf(each.name) is { } block ? last[block].Max() : Outside(each.name)).Reverse())
        {
            if (parameter.grad is { } gradient && !IsFinite(gradient))
                return $"The gradient of {name} of {Part(model, name)} is not finite, the nearest to the loss of those that are not.";
        }

        return "Each gradient is finite, but not the norm of all of them.";
    }

    private static bool IsFinite(Tensor tensor) => tensor.isfinite().all().item<bool>();

    /// <summary>
    /// A place in the model by the mixer of its block: <c>blocks.2.mixer.weight</c> is in block 2 with mixer 'mipt'. Of a block that several
    /// depths share, the one depth or all of them are named.
    /// </summary>
    private static string Part(SequenceModel model, string name, int? depth = null)
    {
        var steps = name.Split('.');
        if (BlockOf(name) is not { } block)
            return $"the {steps[0].Replace('_', ' ')}";

        var depths = model.Layers.Where(layer => layer.Block == block).ToList();
        var mixer = $"mixer '{depths[0].Mixer.GetName()}' of block {block}";
        if (depths.Count > 1)
            mixer += depth is null ? $" (shared by depths {string.Join(", ", depths.Select(layer => layer.Depth))})" : $" at depth {depth}";
        return steps[2] == "mixer" ? mixer : $"the {steps[2].Replace('_', ' ')} beside {mixer}";
    }

    private static int? BlockOf(string name) =>
        name.Split('.') is ["blocks", var index, _, ..] ? int.Parse(index, CultureInfo.InvariantCulture) : null;

    /// <summary>Below every depth, or above.</summary>
    private static int Outside(string name) => name is "embedding" or "positions" ? -1 : int.MaxValue;
}
