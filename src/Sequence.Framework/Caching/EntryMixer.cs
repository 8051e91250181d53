using Sequence.Caching;
using Sequence.Components;
using Sequence.Framework.Configuration;
using Sequence.Framework.Scans;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Framework.Caching;

/// <summary>
/// Runs an <see cref="EntryLayer"/> as a mixer, under a policy or none. A session may have another one than the mixer's own: the state carries it. The parameters
/// are the layer's, and have the names that they have there.
/// </summary>
public sealed class EntryMixer : SequenceMixer
{
    private readonly EntryLayer _layer;
    private readonly SequenceMixer? _scan;
    private readonly ComponentContext _place;

    private CachePolicy? _policy;

    /// <summary>Takes over <paramref name="layer"/>.</summary>
    /// <param name="layer">What is run.</param>
    /// <param name="place">Where in a model it stands; null for outside of one.</param>
    /// <exception cref="ArgumentException">The state of its scan grows by tensors.</exception>
    public EntryMixer(EntryLayer layer, ComponentContext? place = null) : base(layer.GetName())
    {
        (_layer, _place) = (layer, place ?? ComponentContext.None);
        _scan = layer.Scan is { } scan ? ScanMixers.Of(scan) : null;
        if (_scan?.Cost.Growth == StateGrowth.Logarithmic)
            throw new ArgumentException($"{layer.GetName()}: the state of its scan grows by tensors, and entries cannot stand beside it: use an affine layer.");
        RegisterComponents();
    }

    /// <summary>What is run.</summary>
    public EntryLayer Layer => _layer;

    /// <summary>Which entries are kept where a session does not say otherwise; null for all.</summary>
    /// <exception cref="ArgumentException">Set to one that does not fit the layer.</exception>
    public CachePolicy? Policy
    {
        get => _policy;
        set
        {
            Check(value);
            _policy = value;
        }
    }

    /// <inheritdoc/>
    public override StateCost Cost
    {
        get
        {
            var layout = Layout(Policy);
            var held = EntryLayout.FixedBytes + (_scan?.Cost.FixedBytes ?? 0);
            if (!layout.Decides)
                return new(StateGrowth.Linear, held, layout.UnitBytes);
            if (Policy!.Budget is not { } budget)
                return new(StateGrowth.Linear, held, layout.UnitBytes) { IsBound = true };
            if (EntryRoom.Most(layout, budget) is { } most)
                return new(StateGrowth.Budgeted, held, layout.UnitBytes, most) { IsBound = !Policy.FillsBudget };

            // of a ratio, rounded up to a whole entry
            return new(StateGrowth.Linear, held + layout.UnitBytes, (long)Math.Ceiling(layout.UnitBytes * Math.Min(1, EntryRoom.LargestPart(layout, budget)))) { IsBound = true };
        }
    }

    /// <summary>Why a model with this mixer cannot be trained, in words; null where it can.</summary>
    public string? TrainingRefusal => Layout(Policy).Decides && Policy is not ILifetimePolicy
        ? $"{ConfigKeys.Kebab(Policy!.GetType().Name)} decides once a call: it can be used in a session, not in training"
        : null;

    /// <inheritdoc/>
    public override void train(bool train = true)
    {
        base.train(train);
        _layer.train(train);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, SequenceContext context)
    {
        using var scope = NewDisposeScope();
        if (training && TrainingRefusal is { } refusal)
            throw new NotSupportedException($"{GetName()} cannot be trained: {refusal}.");
        var h = _scan?.Forward(x, context);
        var entries = _layer.Project(x, h, context);
        var read = new EntryScoring(_layer, Layout(Policy), entries, context).Read(training ? _layer.Dropout : 0);
        return _layer.Output(read, x, h).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override MixerState CreateState(int batch) => CreateState(batch, Policy);

    /// <summary>The state before the first token, under a policy of its own; null for none.</summary>
    /// <exception cref="ArgumentException">The policy does not fit the layer.</exception>
    /// <param name="batch">Rows.</param>
    /// <param name="policy">Which entries are kept.</param>
    /// <param name="states">How what the layer's scan remembers is held; null for as it makes it.</param>
    public EntryCache CreateState(int batch, CachePolicy? policy, StatePolicy? states = null)
    {
        Check(policy);
        using var gradients = no_grad();
        var layout = Layout(policy);
        return new EntryCache(layout, new long[batch], _scan is null ? null : HeldState.Start(_scan, batch, states), [.. layout.Empty(batch, _layer.Like.device)]);
    }

    /// <inheritdoc/>
    public override Tensor Advance(Tensor x, SequenceContext context, MixerState state)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var cache = (EntryCache)state;
        var T = x.shape[1];
        var documents = context.Starts is null ? null : new Documents(context, T, goesOn: true);
        var y = documents is null || GoOn(documents, context, cache, T)
            ? Continue(x, new SequenceContext { Lengths = context.Lengths }, cache)
            : ContinuePacked(x, documents, cache);
        cache.Count(context, T);
        return y.MoveToOuterDisposeScope();
    }

    /// <summary>Refuses a policy that does not fit the layer.</summary>
    /// <exception cref="ArgumentException">It does not; the message says why.</exception>
    internal void Check(CachePolicy? policy)
    {
        if (policy is null)
            return;
        if (!_layer.Scores && policy.Signals.OfType<EntrySignal.Score>().Any())
            throw new ArgumentException($"the policy keeps entries by scores, and {GetName()} gives none.");
        if (policy is ILifetimePolicy && policy.Signals.OfType<EntrySignal.Attention>().Any())
            throw new ArgumentException("the policy tells ahead when entries leave, which attention that is yet to be given cannot be part of.");
        var layout = Layout(policy);
        foreach (var budget in policy.Budgets)
            EntryRoom.Check(layout, budget);
    }

    /// <summary>The layer's parts become this module's, under their own names; a layer with parameters outside of any part becomes one itself, "layer".</summary>
    protected override void RegisterComponents()
    {
        var isWhole = _layer.named_parameters(recurse: false).Any() || _layer.named_buffers(recurse: false).Any();
        foreach (var (component, part) in isWhole ? [("layer", _layer)] : _layer.named_children().ToList())
        {
            if (!_internal_submodules.ContainsKey(component))
                register_module(component, part);
        }
    }

    private EntryLayout Layout(CachePolicy? policy) => new(_layer.Shape, _layer.Like.dtype, policy) { Place = _place };

    /// <summary>Whether no document ends here: none begins, or where nothing was.</summary>
    private static bool GoOn(Documents documents, SequenceContext context, EntryCache cache, long T)
    {
        var lengths = documents.Lengths;
        return Enumerable.Range(0, cache.Batch).All(row =>
            lengths[documents.Last[row]] == context.LengthOf(row, T) && (documents.Last[row] == documents.Continues[row] || cache.Seen[row] == 0));
    }

    /// <summary>Each document as a session of its own: the first of a row goes on from its state, the others from nothing; the last one's state stays.</summary>
    private Tensor ContinuePacked(Tensor x, Documents documents, EntryCache past)
    {
        int[] fresh = [.. Enumerable.Range(0, documents.Count).Except(documents.Continues)];
        int[] order = [.. documents.Continues, .. fresh];
        using var begun = CreateState(fresh.Length, past.Policy);
        using var joined = MixerState.Join([past, begun]);
        using var sessions = (EntryCache)joined.Gather([.. Enumerable.Range(0, documents.Count).Select(document => Array.IndexOf(order, document))]);

        var y = documents.Pack(Continue(documents.Unpack(x), new SequenceContext { Lengths = documents.Lengths }, sessions));
        past.Become((EntryCache)sessions.Gather(documents.Last));
        return y;
    }

    /// <summary>Row r goes on by its real tokens, of one document: [B, t, D] -> [B, t, D].</summary>
    private Tensor Continue(Tensor x, SequenceContext context, EntryCache cache)
    {
        var h = _scan is null ? null : HeldState.Advance(_scan, x, context, cache.Scan!);
        var entries = _layer.Project(x, h, context);
        return _layer.Output(new EntryReading(_layer, cache, entries, context).Read(), x, h);
    }
}
