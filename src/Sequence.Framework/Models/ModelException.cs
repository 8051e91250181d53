namespace Sequence.Framework.Models;

/// <summary>Model options that do not fit together, or not the task, or a sequence that does not fit the model. Names the key at fault.</summary>
/// <param name="key">The key within the model's section, such as <c>readOut</c> or <c>blocks[1].mixer</c>.</param>
/// <param name="problem">What is wrong and what to do.</param>
/// <param name="cause">What the component said, if it was a component.</param>
public sealed class ModelException(string key, string problem, Exception? cause = null) : Exception($"model.{key}: {problem}", cause)
{
    /// <summary>The key within the model's section.</summary>
    public string Key { get; } = key;
}
