using Sequence.Caching;
using Sequence.Framework.Scans;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Framework.Caching;

/// <summary>
/// A state as a <see cref="StatePolicy"/> has it held between calls: its floating-point numbers in another precision, and made what the layer computes in for
/// the length of a call. Bytes, forks, rows and files are those of what is held.
/// </summary>
public sealed class HeldState : MixerState
{
    // of no rows: what kind of state it is, and what it computes in
    private readonly MixerState _kind;
    private readonly ScalarType _storage;
    private IReadOnlyList<Tensor> _held;

    private HeldState(MixerState kind, ScalarType storage, long[] positions, IReadOnlyList<Tensor> held) : base(positions) =>
        (_kind, _storage, _held) = (kind, storage, held);

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
            return new HeldState(Rooted(mixer.CreateState(0), policy), storage, [.. state.Positions], Rounded(state, storage));
    }

    /// <inheritdoc/>
    public override MixerState Over(long[] positions, IReadOnlyList<Tensor> tensors) => new HeldState(_kind, _storage, positions, [.. tensors.Select(Own)]);

    /// <summary>Advances the mixer whose state it is.</summary>
    internal Tensor Advance(SequenceMixer mixer, Tensor x, SequenceContext context)
    {
        using var state = Computed();
        var y = mixer.Advance(x, context, state);
        foreach (var tensor in _held)
            tensor.Dispose();
        _held = Rounded(state, _storage);
        state.Positions.CopyTo(Positions, 0);
        return y;
    }

    /// <inheritdoc/>
    protected override bool Fits(int tensors) => true;

    private static MixerState Rooted(MixerState state, StatePolicy? policy) =>
        policy?.Roots is { } roots && state is IRootedState rooted ? rooted.WithMostRoots(roots) : state;

    private static ScalarType? Element(MixerState state) => state.Tensors.Where(tensor => tensor.is_floating_point()).Select(tensor => (ScalarType?)tensor.dtype).FirstOrDefault();

    private static Tensor[] Rounded(MixerState state, ScalarType storage)
    {
        using var gradients = no_grad();
        return [.. state.Tensors.Select(tensor => Own(tensor.detach().to(tensor.is_floating_point() ? storage : tensor.dtype, copy: true)))];
    }

    private MixerState Computed()
    {
        using var gradients = no_grad();
        var element = Element(_kind)!.Value;
        return _kind.Over([.. Positions], [.. _held.Select(tensor => Own(tensor.to(tensor.is_floating_point() ? element : tensor.dtype, copy: true)))]);
    }
}
