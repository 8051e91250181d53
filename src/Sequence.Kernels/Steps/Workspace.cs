namespace Sequence.Kernels.Steps;

/// <summary>
/// Memory for what a step computes on its way, of the thread that takes the step: made once, so that a step makes neither tensors nor objects. What was
/// taken from it ends with it:
/// <code>
/// using var work = Workspace.Open();
/// var u = work.Map(_input, Vectors.Of(x)).Silu();
/// </code>
/// </summary>
public readonly unsafe ref struct Workspace : IDisposable
{
    [ThreadStatic]
    private static Arena? _ofThread;

    private readonly Arena _arena;
    private readonly (int Blocks, long Used) _mark;

    private Workspace(Arena arena) => (_arena, _mark) = (arena, arena.Mark);

    /// <summary>The workspace of this thread, behind what is taken from it already.</summary>
    public static Workspace Open() => new(_ofThread ??= new Arena());

    /// <summary>New vectors [B, W], as many as <paramref name="like"/> and of its element type, whose values are left open.</summary>
    /// <param name="like">Vectors of the same batch.</param>
    /// <param name="width">W.</param>
    public Vectors Take(Vectors like, int width) =>
        new(_arena.Take((long)like.Batch * width * like.ElementSize), like.Batch, width, width, like.IsDouble);

    /// <summary>A copy.</summary>
    public Vectors Copy(Vectors x)
    {
        var copy = Take(x, x.Width);
        x.CopyTo(copy);
        return copy;
    }

    /// <inheritdoc/>
    public void Dispose() => _arena.Return(_mark);
}
