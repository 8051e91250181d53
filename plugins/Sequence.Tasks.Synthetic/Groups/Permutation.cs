namespace Sequence.Tasks.Synthetic.Groups;

/// <summary>A permutation p of 0..m-1, as its images p[0], p[1], ...</summary>
/// <param name="images">The images.</param>
internal sealed class Permutation(int[] images) : IEquatable<Permutation>
{
    /// <summary>The image of <paramref name="j"/>.</summary>
    public int this[int j] => images[j];

    /// <summary>Whether an even number of pairs stands in the wrong order.</summary>
    public bool IsEven => images.Index().Sum(entry => images[..entry.Index].Count(before => before > entry.Item)) % 2 == 0;

    /// <summary>All of m things by lexicographic order of their images, so the identity is the first.</summary>
    public static IEnumerable<Permutation> All(int m) => Arrangements([.. Enumerable.Range(0, m)]).Select(images => new Permutation([.. images]));

    /// <summary>This after <paramref name="other"/>: (a b)[j] = a[b[j]].</summary>
    public Permutation After(Permutation other) => new([.. Enumerable.Range(0, images.Length).Select(j => images[other[j]])]);

    /// <inheritdoc/>
    public bool Equals(Permutation? other) => other is not null && images.AsSpan().SequenceEqual(other.Images);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Permutation);

    /// <inheritdoc/>
    public override int GetHashCode() => images.Aggregate(0, HashCode.Combine);

    /// <inheritdoc/>
    public override string ToString() => string.Join(' ', images);

    private ReadOnlySpan<int> Images => images;

    private static IEnumerable<IEnumerable<int>> Arrangements(int[] things) => things.Length == 0
        ? [[]]
        : things.SelectMany(first => Arrangements([.. things.Where(thing => thing != first)]), (first, rest) => rest.Prepend(first));
}
