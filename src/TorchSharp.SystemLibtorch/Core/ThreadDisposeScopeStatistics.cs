namespace TorchSharp;

/// <summary>Counts of the tensors made on one thread since the last reset.</summary>
public sealed class ThreadDisposeScopeStatistics
{
    /// <summary>Made while a dispose scope was current.</summary>
    public long CreatedInScopeCount { get; internal set; }

    /// <summary>Made without one: left to Dispose or to the garbage collector.</summary>
    public long CreatedOutsideScopeCount { get; internal set; }

    /// <summary>Disposed by the end of a scope on this thread.</summary>
    public long DisposedInScopeCount { get; internal set; }

    public void Reset()
    {
        CreatedInScopeCount = 0;
        CreatedOutsideScopeCount = 0;
        DisposedInScopeCount = 0;
    }
}
