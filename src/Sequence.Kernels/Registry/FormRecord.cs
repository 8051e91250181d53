namespace Sequence.Kernels.Registry;

/// <summary>
/// Writes down which forms run on this thread until it is disposed of: a model records the first pass of each mixer, so that no speed stands without
/// its reason. Where no record is open, nothing is written and nothing allocated.
/// </summary>
public sealed class FormRecord : IDisposable
{
    [ThreadStatic]
    private static FormRecord? _open;

    private readonly FormRecord? _outer;
    private readonly List<FormUsed> _forms = [];

    private FormRecord(FormRecord? outer) => _outer = outer;

    /// <summary>Whether a record is open on this thread: to ask before words are put together.</summary>
    public static bool IsOpen => _open is not null;

    /// <summary>What ran, each form once, in the order they first ran in.</summary>
    public IReadOnlyList<FormUsed> Forms => _forms;

    /// <summary>Begins a record. What an inner one takes down, an outer one does not.</summary>
    public static FormRecord Begin() => _open = new FormRecord(_open);

    /// <summary>Takes down how something without a kernel is computed.</summary>
    /// <param name="form">In words.</param>
    public static void Note(string form) => _open?.Add(new(null, form));

    /// <inheritdoc/>
    public void Dispose() => _open = _outer;

    internal static void Note(Kernel kernel, KernelForm? form, string? refusal) => _open?.Add(kernel, form, refusal);

    private void Add(Kernel kernel, KernelForm? form, string? refusal) => Add(new(kernel.Name, kernel.Words(form), refusal));

    private void Add(FormUsed form)
    {
        if (!_forms.Contains(form))
            _forms.Add(form);
    }
}
