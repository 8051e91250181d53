using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Blocks;

/// <summary>Turns the outputs of a stack into one vector a sequence: [B, T, D] -> [B, D]. Part of a task's head, outside every mixer.</summary>
/// <param name="name">Name of the module.</param>
public abstract class ReadOut(string name) : nn.Module(name)
{
    /// <summary>
    /// Whether it looks at every position, rather than at the last one alone. Then what it knows of a token need not have come through the state of any mixer, so
    /// what a model scores with it says little of what the model remembers; reports mark such models.
    /// </summary>
    public virtual bool SeesWholeSequence => true;

    /// <summary>Reads [B, T, D] out to [B, D]; padded positions (beyond <c>context.Lengths</c>) take no part.</summary>
    public abstract Tensor Forward(Tensor x, SequenceContext context);
}
