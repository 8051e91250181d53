using Sequence.Harness.Comparisons;

namespace Sequence.Cli.Progress;

/// <summary>Shows how far the work is, cell by cell.</summary>
internal interface IProgressView : IComparisonObserver
{
    /// <summary>Does the work while showing it.</summary>
    T Watch<T>(Func<T> work);
}
