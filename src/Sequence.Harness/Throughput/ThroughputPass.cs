namespace Sequence.Harness.Throughput;

/// <summary>A kind of pass over whole sequences.</summary>
public enum ThroughputPass
{
    /// <summary>Logits at every token, without gradients: as a prompt is read.</summary>
    Forward,

    /// <summary>The mean cross entropy of the next token, and its gradients to all weights: a training step without the optimizer's.</summary>
    Training,
}
