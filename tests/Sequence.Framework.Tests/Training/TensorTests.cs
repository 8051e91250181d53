namespace Sequence.Framework.Training;

/// <summary>Tests that train share the process's generator and thread count, so they run one after another.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TensorTests
{
    public const string Name = "tensors";
}
