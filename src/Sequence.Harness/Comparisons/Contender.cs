using System.Text.Json.Nodes;
using Sequence.Framework.Models;
using Sequence.Framework.Training;

namespace Sequence.Harness.Comparisons;

/// <summary>A model as it takes part: its entry laid over what all share.</summary>
/// <param name="Name">Its name in the report.</param>
/// <param name="Model">The model.</param>
/// <param name="Training">How it is trained.</param>
/// <param name="Config">The resolved sections <c>model</c> and <c>training</c>.</param>
public sealed record Contender(string Name, ModelOptions Model, TrainingOptions Training, JsonObject Config);
