using System.Text.Json.Nodes;
using Sequence.Framework.Models;
using Sequence.Framework.Training;
using Sequence.Kernels.Losses;
using Sequence.Kernels.Registry;
using Sequence.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Harness.Estimates;

/// <summary>What a model will cost on a task, found by building it, without training.</summary>
/// <param name="Parameters">Trained scalars, shared ones counted once.</param>
/// <param name="StateBytes">State bytes of one sequence, by the tokens it has seen.</param>
/// <param name="MemoryBytes">
/// Memory that a run will take at its peak beside the program and its data, about: within a factor of two of what is measured on the CPU where parameters and
/// logits are most of it; of activations it knows only those of the usual block.
/// </param>
/// <param name="Layers">Its stack, first depth to last.</param>
public sealed record ModelEstimate(
    long Parameters, IReadOnlyDictionary<long, long> StateBytes, long MemoryBytes, IReadOnlyList<LayerEstimate> Layers)
{
    private const long ElementBytes = 4;

    // AdamW's two moments, and the weights.
    private const long LastingCopiesOfParameters = 3;

    // Tensors [B, T, D] that a block keeps for its backward pass, counted for the usual one: two norms, four projections, a channel mixer
    // four times as wide with its activation, two residual sums.
    private const long ActivationsPerBlock = 20;

    // Logits, their logarithms and their gradient, where the loss holds them.
    private const long CopiesOfLogits = 3;

    /// <summary>Builds the model on the CPU, counts, and disposes it.</summary>
    /// <exception cref="ModelException">The model does not fit the task.</exception>
    /// <param name="model">The model.</param>
    /// <param name="training">How it is to be trained.</param>
    /// <param name="task">The task.</param>
    /// <param name="device">Where.</param>
    /// <param name="kernels">In which forms of kernels.</param>
    public static ModelEstimate Of(ModelOptions model, TrainingOptions training, ITask task, DeviceType device, KernelPreference kernels)
    {
        using var built = new SequenceModel(model, new ModelInterface(task.Vocabulary, task.Classes, task.Targets));
        built.RequireTrainable();
        long longest = task.Training.Longest;
        return new ModelEstimate(
            built.ParameterCount,
            new SortedDictionary<long, long>(new[] { 64, 1_024, 16_384, longest }.Distinct().ToDictionary(tokens => tokens, built.StateBytesAfter)),
            Memory(built, training.BatchSize, longest, task, kernels != KernelPreference.Reference && LinearCrossEntropy.Kernel.Refusal(device, float32) is null ? device : null),
            LayerEstimate.Of(built));
    }

    /// <summary>The estimate for machines.</summary>
    public JsonObject ToJson() => new()
    {
        ["parameters"] = Parameters,
        ["stateBytes"] = new JsonArray([.. StateBytes.Select(entry => new JsonObject { ["tokens"] = entry.Key, ["bytes"] = entry.Value })]),
        ["estimatedMemoryBytes"] = MemoryBytes,
        ["layers"] = new JsonArray([.. Layers.Select(layer => layer.ToJson())]),
    };

    /// <summary>The larger of a step of training and a batch of evaluation, which has no gradients but all logits, for the metrics.</summary>
    private static long Memory(SequenceModel model, long B, long T, ITask task, DeviceType? lossFusedOn)
    {
        var (D, V, P) = (model.Options.DModel, (long)task.Classes, model.ParameterCount);
        var N = task.Targets == TargetKind.Token ? B * T : B;
        var activations = B * T * D * (1 + ActivationsPerBlock * model.Mixers.Count);
        var loss = lossFusedOn is { } device && task.Targets == TargetKind.Token ? FusedLinearCrossEntropy.Held(N, D, V, device) : N * V * CopiesOfLogits;
        return ElementBytes * (LastingCopiesOfParameters * P + Math.Max(P + activations + loss, N * V));
    }
}
