using Sequence.Caching;
using Sequence.Framework.Scans;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Framework.Caching;

/// <summary>
/// A state as a <see cref="StatePolicy"/> has it held between calls: its floating-point numbers in another precision, and made what the layer computes in for
/// the length of a call. What a layer keeps wider than the rest, such as a logarithm of a scale in float64, stays as it is. Bytes, forks, rows and files are those
/// of what is held.
/// </summary>
public sealed class HeldState : MixerState
{
    // a state of no rows, for its kind
    private readonly MixerState _kind;
    private readonly ScalarType _element;
    private readonly ScalarType _storage;
    private IReadOnlyList<Tensor> _held;

    private HeldState(MixerState kind, ScalarType element, ScalarType storage, long[] positions, IReadOnlyList<Tensor> held) : base(positions) =>
        (_kind, _element, _storage, _held) = (kind, element, storage, held);

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Tensors => _held;

    /// <summary>The state before the first token, as a policy has it held.</summary>
    /// <param name="mixer">Whose state it is.</param>
    /// <param name="batch">Rows.</param>
    /// <param name="policy">How it is held; null for as the mixer makes it. What it says of roots is nothing to a state that has none.</param>
    public static MixerState Start(SequenceMixer mixer, int batch, StatePolicy? policy)
    {
        var state = Rooted(mixer.CreateState(batch), policy);
        if (policy?.Storage is not { } storage || state is EntryCache || Element(state) is not { } element || element == storage)
            return state;

        using (state)
            return new HeldState(Rooted(mixer.CreateState(0), policy), element, storage, [.. state.Positions], Changed(state.Tensors, element, storage));
    }

    /// <summary>Advances a mixer by its state, held or not.</summary>
    public static Tensor Advance(SequenceMixer mixer, Tensor x, SequenceContext context, MixerState state) =>
        state is HeldState held ? held.Advance(mixer, x, context) : mixer.Advance(x, context, state);

    /// <inheritdoc/>
    public override MixerState Over(long[] positions, IReadOnlyList<Tensor> tensors) => new HeldState(_kind, _element, _storage, positions, [.. tensors.Select(Own)]);

    /// <inheritdoc/>
    protected override bool Fits(int tensors) => true;

    private static MixerState Rooted(MixerState state, StatePolicy? policy) =>
        policy?.Roots is { } roots && state is IRootedState rooted ? rooted.WithMostRoots(roots) : state;

    /// <summary>Advances the mixer whose state it is.</summary>
    private Tensor Advance(SequenceMixer mixer, Tensor x, SequenceContext context)
    {
        using var state = _kind.Over([.. Positions], Changed(_held, _storage, _element));
        var y = mixer.Advance(x, context, state);
        var before = _held;
        _held = Changed(state.Tensors, _element, _storage);
        foreach (var tensor in before)
            tensor.Dispose();
        state.Positions.CopyTo(Positions, 0);
        return y;
    }

    /// <summary>What the layer computes in: the narrowest floating-point type of the state; null where there is none.</summary>
    private static ScalarType? Element(MixerState state) => state.Tensors.Where(tensor => tensor.is_floating_point())
        .OrderBy(tensor => tensor.element_size()).Select(tensor => (ScalarType?)tensor.dtype).FirstOrDefault();

    /// <summary>Copies, those of one type in another.</summary>
    private static Tensor[] Changed(IReadOnlyList<Tensor> tensors, ScalarType from, ScalarType to)
    {
        using var gradients = no_grad();
        return [.. tensors.Select(tensor => Own(tensor.detach().to(tensor.dtype == from ? to : tensor.dtype, copy: true)))];
    }
}
