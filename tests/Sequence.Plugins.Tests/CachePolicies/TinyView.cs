using Sequence.Caching;
using static TorchSharp.torch;

namespace Sequence.Plugins.Tests.CachePolicies;

/// <summary>Entries of one row as a policy sees them, made by hand.</summary>
/// <param name="seen">Tokens of the document that were seen.</param>
/// <param name="positions">Where the entries stand in it.</param>
/// <param name="keys">[1, H, n, K].</param>
/// <param name="column">The one column that there is for the policy, [1, H or 1, n]; null for none.</param>
/// <param name="isPrefill">Whether the call brought more than one token.</param>
internal sealed class TinyView(long seen, long[] positions, Tensor keys, Tensor? column = null, bool isPrefill = true) : CacheView
{
    /// <summary>Bytes of an entry, all heads together.</summary>
    public const long EntryBytes = 100;

    public override Tensor Positions { get; } = tensor(positions).view(1, 1, positions.Length);

    public override Tensor Seen { get; } = tensor(new[] { seen }).view(1, 1, 1);

    public override Tensor Keys => keys;

    public override Tensor Values => keys;

    public override bool IsPrefill => isPrefill;

    public override Tensor Signal(EntrySignal signal) => column ?? throw new InvalidOperationException($"{signal} is not declared.");

    public override Tensor Room(CacheBudget budget, Tensor seen)
    {
        var each = budget.Ratio is { } ratio ? (seen.to(float64) * ratio - 1e-9).ceil() : full_like(seen.to(float64), budget.Tokens ?? budget.Bytes!.Value / EntryBytes);
        var shares = budget.Heads is { } heads ? tensor(heads.Select(weight => weight * heads.Count / heads.Sum()).ToArray()).view(1, -1, 1) : ones([1, 1, 1], float64);
        return (each * shares + 1e-9).floor().to(int64);
    }
}
