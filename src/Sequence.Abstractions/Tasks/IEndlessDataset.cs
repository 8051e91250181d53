namespace Sequence.Tasks;

/// <summary>
/// Training examples made as they are needed and never met twice: every pass has as many, all of them new. As a dataset it is its first pass
/// with seed 0, which is how it is looked at without training on it.
/// </summary>
public interface IEndlessDataset : IDataset
{
    /// <summary>
    /// The examples of one pass: <see cref="IDataset.Count"/> of them, a function of the run's seed and the pass alone, so that a resumed run
    /// meets what it would have met.
    /// </summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="pass">The pass, from 0.</param>
    IDataset Pass(long seed, long pass);
}
