namespace Sequence.Kernels.Registry;

/// <summary>
/// What is preferred until the end of a scope, on this thread, as gradients are off until the end of <c>no_grad</c>:
/// <code>using var kernels = KernelScope.Prefer(KernelPreference.Reference);</code>
/// </summary>
public readonly struct KernelScope : IDisposable
{
    [ThreadStatic]
    private static KernelPreference _preference;

    private readonly KernelPreference _before;

    private KernelScope(KernelPreference before) => _before = before;

    /// <summary>What is preferred here; <see cref="KernelPreference.Auto"/> where nobody said.</summary>
    public static KernelPreference Preference => _preference;

    /// <summary>Begins a scope; its disposal ends it.</summary>
    public static KernelScope Prefer(KernelPreference preference)
    {
        var scope = new KernelScope(_preference);
        _preference = preference;
        return scope;
    }

    /// <inheritdoc/>
    public void Dispose() => _preference = _before;
}
