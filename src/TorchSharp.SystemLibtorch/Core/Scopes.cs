namespace TorchSharp;

public static partial class torch
{
    /// <summary>The scope that new tensors of this thread join.</summary>
    public static DisposeScope? CurrentDisposeScope => DisposeScopeManager.Current;

    /// <summary>Starts a scope on this thread; end it with <c>using</c>.</summary>
    public static DisposeScope NewDisposeScope() => DisposeScopeManager.Begin();

    /// <summary>Runs an expression in a scope of its own and keeps its result alone.</summary>
    public static Tensor WrappedTensorDisposeScope(Func<Tensor> expr)
    {
        ArgumentNullException.ThrowIfNull(expr);
        using var scope = NewDisposeScope();
        return expr().MoveToOuterDisposeScope();
    }
}
