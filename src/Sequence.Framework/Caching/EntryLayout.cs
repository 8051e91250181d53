using Sequence.Caching;
using Sequence.Components;
using static TorchSharp.torch;

namespace Sequence.Framework.Caching;

/// <summary>What the entries of a cache are made of, by the layer that writes them and the policy that decides about them.</summary>
/// <param name="Shape">One entry.</param>
/// <param name="Element">The element type of the layer.</param>
/// <param name="Policy">Null where nothing ever leaves.</param>
internal sealed record EntryLayout(EntryShape Shape, ScalarType Element, CachePolicy? Policy)
{
    private const long PositionBytes = sizeof(long), SignalBytes = sizeof(float), ScaleBytes = sizeof(float);

    /// <summary>Where in a model the layer stands.</summary>
    public ComponentContext Place { get; init; } = ComponentContext.None;

    /// <summary>Heads that decide on their own: Hkv or 1.</summary>
    public long Deciders => Policy is { PerHead: true } ? Shape.Heads : 1;

    /// <summary>Whether the policy is to be asked at all.</summary>
    public bool Decides => Policy is { KeepsAll: false };

    /// <inheritdoc cref="EntryStorage"/>
    public EntryStorage Storage => Policy?.Storage ?? EntryStorage.Full;

    /// <summary>The element type that keys and values are held in.</summary>
    public ScalarType Stored => Storage switch
    {
        EntryStorage.BFloat16 => ScalarType.BFloat16,
        EntryStorage.Int8 => ScalarType.Int8,
        _ => Element,
    };

    /// <summary>Signals that last from call to call. Others are functions of the position, or of one call alone.</summary>
    public IReadOnlyList<EntrySignal> Columns { get; } =
        [.. (Policy?.Signals ?? []).Where(signal => signal is EntrySignal.Score or EntrySignal.Attention { Accumulates: true }).Distinct()];

    /// <summary>Bytes of a row, whatever it holds: how far its document has come.</summary>
    public static long FixedBytes => PositionBytes;

    /// <summary>Bytes of a column: an entry of every head.</summary>
    public long UnitBytes =>
        Shape.Heads * ((Shape.KeyWidth + Shape.ValueWidth) * Size(Stored) + (Storage == EntryStorage.Int8 ? 2 * ScaleBytes : 0))
        + Deciders * (PositionBytes + Columns.Count * SignalBytes);

    /// <summary>The tensors of a cache of so many rows that holds nothing.</summary>
    public IEnumerable<Tensor> Empty(int batch, Device device)
    {
        yield return zeros([batch, 1], ScalarType.Int64, device);
        yield return empty([batch, Deciders, 0], ScalarType.Int64, device);
        yield return empty([batch, Shape.Heads, 0, Shape.KeyWidth], Stored, device);
        yield return empty([batch, Shape.Heads, 0, Shape.ValueWidth], Stored, device);
        if (Storage == EntryStorage.Int8)
        {
            yield return empty([batch, Shape.Heads, 0, 1], ScalarType.Float32, device);
            yield return empty([batch, Shape.Heads, 0, 1], ScalarType.Float32, device);
        }

        foreach (var _ in Columns)
            yield return empty([batch, Deciders, 0], ScalarType.Float32, device);
    }

    private static long Size(ScalarType type) => type switch
    {
        ScalarType.Float64 => sizeof(double),
        ScalarType.Float32 => sizeof(float),
        ScalarType.Int8 => sizeof(sbyte),
        _ => 2,
    };
}
