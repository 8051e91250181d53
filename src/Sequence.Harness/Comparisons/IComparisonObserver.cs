using Sequence.Framework.Training;
using Sequence.Harness.Cells;

namespace Sequence.Harness.Comparisons;

/// <summary>Watches a comparison. Called on the training thread; must not throw.</summary>
public interface IComparisonObserver
{
    /// <summary>A cell begins, or goes on from its checkpoint; what is returned watches its run.</summary>
    ITrainingObserver Begin(Cell cell);

    /// <summary>A cell is done or has failed; also called for the cells that were done before a resumed comparison began.</summary>
    void End(Cell cell);
}
