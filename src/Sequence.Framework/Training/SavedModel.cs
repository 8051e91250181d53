using System.Text.Json.Nodes;
using Sequence.Framework.Models;

namespace Sequence.Framework.Training;

/// <summary>What <c>model.json</c> says of a trained model.</summary>
/// <param name="Interface">What it was made for.</param>
/// <param name="Parameters">Trained scalars.</param>
/// <param name="Model">The options it was made from.</param>
internal sealed record SavedModel(ModelInterface Interface, long Parameters, JsonNode? Model);
