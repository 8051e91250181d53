namespace TorchSharp;

/// <summary>
/// Disposes what was made on its thread while it was current, when it ends. Scopes nest; what must live on is moved to the
/// outer scope or detached. A tensor knows its scope and its place there, so that joining and leaving cost nothing that counts.
/// </summary>
public sealed class DisposeScope : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<torch.Tensor> _tensors = [];
    private HashSet<IDisposable>? _others;

    internal DisposeScope(DisposeScope? outer) => OuterScope = outer;

    internal DisposeScope? OuterScope { get; }

    internal bool IsDisposed { get; private set; }

    // the nearest scope around this one that has not ended
    internal DisposeScope? Outer
    {
        get
        {
            var outer = OuterScope;
            while (outer is { IsDisposed: true })
                outer = outer.OuterScope;
            return outer;
        }
    }

    /// <summary>What this scope would dispose now, a copy.</summary>
    public IReadOnlyList<IDisposable> DisposablesView
    {
        get
        {
            lock (_lock)
                return [.. _tensors, .. _others ?? []];
        }
    }

    public int DisposablesCount
    {
        get
        {
            lock (_lock)
                return _tensors.Count + (_others?.Count ?? 0);
        }
    }

    public bool Contains(IDisposable disposable)
    {
        if (disposable is torch.Tensor tensor)
            return ReferenceEquals(tensor.Scope, this);
        lock (_lock)
            return _others?.Contains(disposable) ?? false;
    }

    /// <summary>Lets this scope dispose it; what belongs to another scope leaves that one.</summary>
    public void Attach(IDisposable disposable)
    {
        ArgumentNullException.ThrowIfNull(disposable);
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (disposable is torch.Tensor tensor)
        {
            if (tensor.IsInvalid || ReferenceEquals(tensor.Scope, this))
                return;
            tensor.Scope?.Forget(tensor);
            Take(tensor);
            return;
        }

        lock (_lock)
            (_others ??= new(ReferenceEqualityComparer.Instance)).Add(disposable);
    }

    public void Attach(params IDisposable[] disposables)
    {
        foreach (var disposable in disposables)
            Attach(disposable);
    }

    public void Attach(IEnumerable<IDisposable> disposables)
    {
        foreach (var disposable in disposables)
            Attach(disposable);
    }

    /// <summary>Lets it live on, in no scope.</summary>
    public T Detach<T>(T disposable) where T : IDisposable
    {
        if (disposable is torch.Tensor tensor)
        {
            if (ReferenceEquals(tensor.Scope, this))
                Forget(tensor);
            return disposable;
        }

        lock (_lock)
            _others?.Remove(disposable);
        return disposable;
    }

    public void Detach(params IDisposable[] disposables)
    {
        foreach (var disposable in disposables)
            Detach<IDisposable>(disposable);
    }

    public void Detach(IEnumerable<IDisposable> disposables)
    {
        foreach (var disposable in disposables)
            Detach<IDisposable>(disposable);
    }

    public (T1 First, T2 Second) Detach<T1, T2>((T1 First, T2 Second) pair) where T1 : IDisposable where T2 : IDisposable =>
        (Detach(pair.First), Detach(pair.Second));

    /// <summary>Gives it to the scope around this one; without one it is detached.</summary>
    public T MoveToOuter<T>(T disposable) where T : IDisposable => MoveToOther(Outer, disposable);

    public void MoveToOuter(params IDisposable[] disposables) => MoveToOther(Outer, disposables);

    public void MoveToOuter(IEnumerable<IDisposable> disposables) => MoveToOther(Outer, disposables);

    public (T1 First, T2 Second) MoveToOuter<T1, T2>((T1 First, T2 Second) pair) where T1 : IDisposable where T2 : IDisposable =>
        (MoveToOuter(pair.First), MoveToOuter(pair.Second));

    public (T1 First, T2 Second, T3 Third) MoveToOuter<T1, T2, T3>((T1 First, T2 Second, T3 Third) triple)
        where T1 : IDisposable where T2 : IDisposable where T3 : IDisposable =>
        (MoveToOuter(triple.First), MoveToOuter(triple.Second), MoveToOuter(triple.Third));

    public T MoveToOther<T>(DisposeScope? scope, T disposable) where T : IDisposable
    {
        Detach(disposable);
        scope?.Attach(disposable);
        return disposable;
    }

    public void MoveToOther(DisposeScope? scope, params IDisposable[] disposables)
    {
        foreach (var disposable in disposables)
            MoveToOther<IDisposable>(scope, disposable);
    }

    public void MoveToOther(DisposeScope? scope, IEnumerable<IDisposable> disposables)
    {
        foreach (var disposable in disposables)
            MoveToOther<IDisposable>(scope, disposable);
    }

    /// <summary>Disposes all but one, which stays in this scope.</summary>
    public T DisposeEverythingBut<T>(T keep) where T : IDisposable
    {
        DisposeEverythingBut([keep]);
        return keep;
    }

    public void DisposeEverythingBut(params IDisposable[] keep)
    {
        var kept = keep.Where(Contains).ToArray();
        foreach (var disposable in kept)
            Detach<IDisposable>(disposable);
        DisposeEverything();
        Attach(kept);
    }

    public void DisposeEverythingBut(IEnumerable<IDisposable> keep) => DisposeEverythingBut(keep.ToArray());

    public (T1 First, T2 Second) DisposeEverythingBut<T1, T2>((T1 First, T2 Second) keep) where T1 : IDisposable where T2 : IDisposable
    {
        DisposeEverythingBut(keep.First, keep.Second);
        return keep;
    }

    /// <summary>Disposes all, and goes on as a scope.</summary>
    public void DisposeEverything()
    {
        torch.Tensor[] tensors;
        IDisposable[] others;
        lock (_lock)
        {
            tensors = [.. _tensors];
            others = [.. _others ?? []];
            _tensors.Clear();
            _others = null;
            foreach (var tensor in tensors)
                tensor.Scope = null;
        }

        DisposeScopeManager.Statistics.DisposedInScopeCount += tensors.Length;
        foreach (var tensor in tensors)
            tensor.Dispose();
        foreach (var disposable in others)
            disposable.Dispose();
    }

    /// <summary>Forgets what was disposed by other means.</summary>
    public void MarkAsDisposed(IDisposable disposable) => Detach(disposable);

    public void Dispose()
    {
        if (IsDisposed)
            return;
        DisposeScopeManager.End(this);
        IsDisposed = true;
        DisposeEverything();
    }

    internal void Take(torch.Tensor tensor)
    {
        lock (_lock)
        {
            tensor.Scope = this;
            tensor.ScopeIndex = _tensors.Count;
            _tensors.Add(tensor);
        }
    }

    // the last one moves to the free place
    internal void Forget(torch.Tensor tensor)
    {
        lock (_lock)
        {
            if (!ReferenceEquals(tensor.Scope, this))
                return;
            var last = _tensors[^1];
            _tensors[tensor.ScopeIndex] = last;
            last.ScopeIndex = tensor.ScopeIndex;
            _tensors.RemoveAt(_tensors.Count - 1);
            tensor.Scope = null;
        }
    }
}
