using System.Text.Json.Nodes;
using Sequence.Framework.Models;
using Sequence.Framework.Training;
using Sequence.Tasks;

namespace Sequence.Harness.Estimates;

/// <summary>What a model will cost on a task, found by building it, without training.</summary>
/// <param name="Parameters">Trained scalars, shared ones counted once.</param>
/// <param name="StateBytes">State bytes of one sequence, by the tokens it has seen.</param>
/// <param name="MemoryBytes">Memory that training will take, about.</param>
/// <param name="Layers">Its stack, first depth to last.</param>
public sealed record ModelEstimate(
    long Parameters, IReadOnlyDictionary<long, long> StateBytes, long MemoryBytes, IReadOnlyList<LayerEstimate> Layers)
{
    private const long ElementBytes = 4;

    // Weights, gradients, and AdamW's two moments.
    private const long CopiesOfParameters = 4;

    // Tensors [B, T, D] that a block keeps for its backward pass, counted for the usual one: two norms, four projections, a channel mixer
    // four times as wide with its activation, two residual sums.
    private const long ActivationsPerBlock = 20;

    // Logits, their logarithms and their gradient.
    private const long CopiesOfLogits = 3;

    /// <summary>Builds the model on the CPU, counts, and disposes it.</summary>
    /// <exception cref="ModelException">The model does not fit the task.</exception>
    public static ModelEstimate Of(ModelOptions model, TrainingOptions training, ITask task)
    {
        using var built = new SequenceModel(model, new ModelInterface(task.Vocabulary, task.Classes, task.Targets));
        long longest = task.Training.Longest;
        return new ModelEstimate(
            built.ParameterCount,
            new SortedDictionary<long, long>(new[] { 64, 1_024, 16_384, longest }.Distinct().ToDictionary(tokens => tokens, built.StateBytesAfter)),
            Memory(built, training.BatchSize, longest, task),
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

    private static long Memory(SequenceModel model, long B, long T, ITask task)
    {
        var activations = B * T * model.Options.DModel * (1 + ActivationsPerBlock * model.Mixers.Count);
        var logits = B * (task.Targets == TargetKind.Token ? T : 1) * task.Classes * CopiesOfLogits;
        return ElementBytes * (CopiesOfParameters * model.ParameterCount + activations + logits);
    }
}
