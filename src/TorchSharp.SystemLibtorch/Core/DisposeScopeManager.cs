namespace TorchSharp;

/// <summary>The dispose scopes of the calling thread: a stack, innermost current.</summary>
public static class DisposeScopeManager
{
    [ThreadStatic] private static DisposeScope? t_current;
    [ThreadStatic] private static ThreadDisposeScopeStatistics? t_statistics;

    /// <summary>What became of the tensors made on this thread.</summary>
    public static ThreadDisposeScopeStatistics Statistics => t_statistics ??= new();

    internal static DisposeScope? Current
    {
        get
        {
            // a scope may have been ended from another thread
            while (t_current is { IsDisposed: true } ended)
                t_current = ended.Outer;
            return t_current;
        }
    }

    internal static DisposeScope Begin() => t_current = new DisposeScope(Current);

    internal static void End(DisposeScope scope)
    {
        if (ReferenceEquals(t_current, scope))
            t_current = scope.Outer;
    }

    internal static void Register(torch.Tensor tensor)
    {
        var scope = Current;
        if (scope is null)
        {
            Statistics.CreatedOutsideScopeCount++;
            return;
        }

        Statistics.CreatedInScopeCount++;
        scope.Take(tensor);
    }

    internal static T Register<T>(T disposable) where T : IDisposable
    {
        Current?.Attach(disposable);
        return disposable;
    }
}
