using Sequence.Tasks;

namespace Sequence.Framework.Models;

/// <summary>What a task asks of a model, whatever the model is.</summary>
/// <param name="Vocabulary">Token ids are 0..Vocabulary-1.</param>
/// <param name="Classes">Classes to score.</param>
/// <param name="Targets">Whether each token or each sequence is scored.</param>
public sealed record ModelInterface(int Vocabulary, int Classes, TargetKind Targets);
