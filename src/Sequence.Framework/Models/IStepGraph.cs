namespace Sequence.Framework.Models;

/// <summary>Work that was captured, to be done again: on the same memory, without the code that it came from.</summary>
internal interface IStepGraph : IDisposable
{
    /// <summary>Does all of it once more.</summary>
    void Replay();
}
