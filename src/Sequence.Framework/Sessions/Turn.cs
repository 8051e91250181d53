namespace Sequence.Framework.Sessions;

/// <summary>Whose turn it is with a session: one caller's at a time. A second one is told so, rather than made to wait for a text that may never end.</summary>
internal sealed class Turn
{
    private int _taken;

    /// <summary>Takes the turn until the scope ends.</summary>
    /// <exception cref="InvalidOperationException">It is taken.</exception>
    public Scope Take() => Interlocked.Exchange(ref _taken, 1) == 0
        ? new Scope(this)
        : throw new InvalidOperationException("The session is in use on another thread. Sessions are for one caller at a time; start one for each, or fork it: they share the model.");

    /// <summary>Ends a turn.</summary>
    public readonly ref struct Scope(Turn turn) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => Volatile.Write(ref turn._taken, 0);
    }
}
