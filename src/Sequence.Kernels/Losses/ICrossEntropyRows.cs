using Sequence.Kernels.Cuda;
using static TorchSharp.torch;

namespace Sequence.Kernels.Losses;

/// <summary>The rows of a <see cref="CrossEntropy"/>, what each is to be, and the arithmetic of one on a kind of device, from logits in any number of blocks.</summary>
internal interface ICrossEntropyRows
{
    /// <summary>Begins a pass over rows, in the dispose scope that it is called in.</summary>
    void Begin();

    /// <summary>Adds the losses of rows from <paramref name="first"/>, one a row of <paramref name="logits"/>.</summary>
    /// <param name="logits">z, [n, V] contiguous.</param>
    /// <param name="first">The row of the first.</param>
    /// <param name="gradient">Where the gradient of the loss goes, which may be the logits themselves; null where none is wanted.</param>
    void Add(Tensor logits, long first, Tensor? gradient);

    /// <summary>The loss of all that was added: a scalar.</summary>
    Tensor Loss();

    /// <summary>The loss of all rows, and what its gradient is made of.</summary>
    /// <param name="logits">z, [N, V] contiguous.</param>
    (Tensor Loss, List<Tensor> Kept) Forward(Tensor logits);

    /// <summary>The gradient to the logits.</summary>
    /// <param name="kept">What <see cref="Forward"/> gave.</param>
    /// <param name="g">The gradient to the loss.</param>
    Tensor Backward(List<Tensor> kept, Tensor g);

    /// <summary>A gradient that was made for a loss of gradient 1, for one of <paramref name="g"/>.</summary>
    Tensor Times(Tensor gradient, Tensor g);

    /// <summary>Those for the device of the logits.</summary>
    /// <param name="like">A tensor of their device and element type.</param>
    /// <param name="targets">y, [N].</param>
    /// <param name="classes">V.</param>
    /// <param name="reduction">The sum or the mean.</param>
    /// <param name="ignored">A target that is not scored.</param>
    /// <exception cref="ArgumentException">On the CPU, a target is not a class; or the targets are on another device.</exception>
    static ICrossEntropyRows Of(Tensor like, Tensor targets, long classes, nn.Reduction reduction, long ignored) => CudaPlatform.Takes(like)
        ? new CudaCrossEntropy(like, targets, reduction, ignored)
        : new CrossEntropyRows(like, targets, classes, reduction, ignored);
}
