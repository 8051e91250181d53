using Sequence.Blocks;
using Sequence.Caching;
using Sequence.Components;
using Sequence.Framework.Caching;
using Sequence.Framework.Sessions;
using Sequence.Kernels;
using Sequence.Kernels.Losses;
using Sequence.Kernels.Registry;
using Sequence.Kernels.Steps;
using Sequence.Mixers;
using Sequence.Tasks;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Sequence.Framework.Models;

/// <summary>
/// A stack of blocks between an embedding and a head, made of components:
/// <code>
/// x = dropout(E[tokens] + P[positions])        [B, T, D]
/// x = block_l(x)                               [B, T, D], l = 1..L
/// token targets:     logits = norm(x) W^T      [B, T, C], W = E where embeddings are tied
/// sequence targets:  logits = W readOut(norm(x)) + b        [B, C]
/// </code>
/// Tied depths share a block: its parameters are registered, counted, saved and trained once, by the sum of the gradients of its depths, while
/// each depth has a state of its own. The model owns its components.
/// </summary>
public sealed class SequenceModel : nn.Module
{
    [ComponentName(Name = "embedding")]
    private readonly Parameter _embedding;

    [ComponentName(Name = "positions")]
    private readonly Parameter? _positions;

    [ComponentName(Name = "blocks")]
    private readonly ModuleList<Block> _blocks;

    // what stands at each depth, and the block that it is: one of _blocks, the same one for tied depths
    private readonly IReadOnlyList<PlannedBlock> _plan;
    private readonly IReadOnlyList<Block> _stack;

    // how sessions hold states; null for as mixers make them
    private readonly StatePolicy? _states;

    [ComponentName(Name = "norm")]
    private readonly Norm _norm;

    [ComponentName(Name = "read_out")]
    private readonly ReadOut? _readOut;

    // null where the embedding is the head
    [ComponentName(Name = "head")]
    private readonly Linear? _head;

    /// <summary>Makes the components and draws their weights from the global generator, on the CPU in float32.</summary>
    /// <exception cref="ModelException">The options do not fit together, or not <paramref name="face"/>.</exception>
    public SequenceModel(ModelOptions options, ModelInterface face) : base("model")
    {
        Options = options;
        Interface = face;
        switch (face.Targets)
        {
            case TargetKind.Sequence when options.ReadOut is null:
                throw new ModelException("readOut", "The task has one target a sequence, so the model needs a read-out: add one, such as \"readOut\": \"mean\".");
            case TargetKind.Token when options.ReadOut is not null:
                throw new ModelException("readOut", $"The task has a target for every token, but '{options.ReadOut.Name}' reads one vector out of the whole sequence: remove \"readOut\".");
        }

        var D = options.DModel;
        _plan = StackPlan.Of(options.Blocks);
        var depth = _plan.Count;
        var context = new ComponentContext(D, Layer: 0, depth);
        _embedding = Normal(face.Vocabulary, D, options.EmbeddingDeviation);
        _positions = options.LearnedPositions is { } longest ? Normal(longest, D, options.EmbeddingDeviation) : null;
        _blocks = new ModuleList<Block>([.. CreateBlocks(options, _plan)]);
        _stack = [.. _plan.Select(planned => _blocks[planned.Block])];
        if (options.Cache is not null && !Mixers.Any(mixer => mixer is EntryMixer))
            throw new ModelException("cache", CachePlan.NoEntries(this));
        _states = Named("state", () => options.State?.Create(context));
        _norm = Named("norm", () => options.Norm.Create(context with { Layer = depth }));
        _readOut = Named("readOut", () => options.ReadOut?.Create(context with { Layer = depth }));
        var tied = options.TieEmbeddings && face.Targets == TargetKind.Token && face.Classes == face.Vocabulary;
        _head = tied ? null : nn.Linear(D, face.Classes, hasBias: face.Targets == TargetKind.Sequence);
        RegisterComponents();
    }

    /// <summary>What the model was made from.</summary>
    public ModelOptions Options { get; }

    /// <summary>What it was made for.</summary>
    public ModelInterface Interface { get; }

    /// <summary>How <see cref="Forward"/> and <see cref="Loss"/> compute products; sessions compute in the element type of the parameters.</summary>
    public Precision Precision { get; set; }

    /// <summary>Trained scalars, shared ones counted once.</summary>
    public long ParameterCount => parameters().Sum(parameter => parameter.numel());

    /// <summary>The stack as built, first depth to last.</summary>
    public IReadOnlyList<ModelLayer> Layers =>
    [
        .. _plan.Zip(_stack).Select((each, depth) => new ModelLayer(
            depth, each.First.Key, each.First.Block, _plan.Count(other => other.Block == each.First.Block) > 1, each.First.Options, each.Second.Residual,
            each.Second.Mixer, each.Second.parameters().Sum(parameter => parameter.numel()))),
    ];

    /// <summary>The mixer of each depth, first to last; a shared one stands at each of its depths.</summary>
    public IReadOnlyList<SequenceMixer> Mixers => [.. _stack.Select(block => block.Mixer)];

    /// <summary>How the mixers computed their first passes; one entry for those that are alike, none before.</summary>
    public IReadOnlyList<PartForm> Forms =>
        [.. _blocks.SelectMany(block => (block.Forms ?? []).Select(form => new PartForm(block.Mixer.GetName(), form))).Distinct()];

    /// <summary>Whether its read-out looks at every position, so that what it scores need not have come through the state of any mixer.</summary>
    public bool SeesWholeSequence => _readOut?.SeesWholeSequence == true;

    /// <summary>Refuses to be trained where a mixer cannot be, under the cache policy that it has.</summary>
    /// <exception cref="ModelException">A policy decides once a call, of which training knows nothing.</exception>
    public void RequireTrainable()
    {
        foreach (var layer in Layers)
        {
            if (layer.Mixer is EntryMixer { TrainingRefusal: { } refusal })
                throw new ModelException(layer.Options.Cache is null ? "cache" : $"{layer.Key}.cache", $"{refusal}. Train without it, and name it for a session.");
        }
    }

    /// <summary>State bytes of one row after <paramref name="tokens"/> tokens, over all depths.</summary>
    public long StateBytesAfter(long tokens) => Mixers.Sum(mixer => mixer.Cost.BytesAfter(tokens));

    /// <summary>Scores whole sequences: tokens [B, T] int64 -> logits [B, T, C] (token targets) or [B, C] (sequence targets).</summary>
    /// <exception cref="ModelException">A document is longer than the table of learned positions.</exception>
    public Tensor Forward(Tensor tokens, SequenceContext context)
    {
        using var scope = NewDisposeScope();
        using var products = Products();
        return Wide(Head(Mix(tokens, context), context)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The cross-entropy in nats of <see cref="Forward"/> against targets [B, T] or [B] int64, those that are <see cref="Example.Ignored"/> left out. Logits of
    /// token targets, often the largest tensor of a training step, need not be held for it.
    /// </summary>
    /// <exception cref="ModelException">A document is longer than the table of learned positions.</exception>
    public Tensor Loss(Tensor tokens, SequenceContext context, Tensor targets, nn.Reduction reduction)
    {
        using var scope = NewDisposeScope();
        using var products = Products();
        var x = Mix(tokens, context);
        if (_readOut is not null)
            return CrossEntropy.Run(Head(x, context), targets, reduction, Example.Ignored).MoveToOuterDisposeScope();
        var weight = _head is null ? _embedding : _head.weight!;
        return LinearCrossEntropy.Run(_norm.call(x).flatten(0, 1), weight, targets.flatten(), reduction, Example.Ignored).MoveToOuterDisposeScope();
    }

    /// <summary>The state before the first token of <paramref name="batch"/> sessions, on the model's device.</summary>
    /// <param name="batch">B.</param>
    /// <param name="plan">Which entries these sessions keep; null for what the model's own policies say.</param>
    /// <param name="states">How what is no cache of entries is held; null for what the model's options say.</param>
    public ModelState CreateState(int batch, CachePlan? plan = null, StatePolicy? states = null)
    {
        states ??= _states;
        return new([.. Mixers.Select((mixer, depth) => mixer is EntryMixer keeper
            ? keeper.CreateState(batch, plan is null ? keeper.Policy : plan.Policies[depth], states)
            : HeldState.Start(mixer, batch, states))], new long[batch]);
    }

    /// <summary>
    /// Continues sessions by t >= 1 tokens a row, without gradient: tokens [B, t] int64 -> logits [B, t, C]. The state is updated in place.
    /// </summary>
    /// <exception cref="ModelException">The model has one target a sequence; or a document is longer than the table of learned positions.</exception>
    public Tensor Advance(Tensor tokens, SequenceContext context, ModelState state)
    {
        if (_readOut is not null)
            throw new ModelException("readOut", "The model scores whole sequences, which cannot be continued token by token: use Forward.");

        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        return Head(Continued(tokens, context, state), context).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// As <see cref="Advance"/>, for the logits after the last real token of each row alone, [B, C]: those of a long prompt are much larger than its state. What
    /// stands for a row without a real token means nothing.
    /// </summary>
    internal Tensor Continue(Tensor tokens, SequenceContext context, ModelState state)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var x = Continued(tokens, context, state);
        if (context.Lengths is { } lengths)
        {
            var last = tensor(lengths.Select(length => Math.Max(0, length - 1)).ToArray(), device: x.device);
            x = x.gather(1, last.view(-1, 1, 1).expand(-1, 1, Options.DModel));
        }
        else
        {
            x = x.narrow(1, x.shape[1] - 1, 1);
        }

        return Head(x.contiguous(), context).squeeze(1).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Begins a session of tokens. Any number of sessions may run on one model at the same time, on any threads: its parameters are read alone, what is ambient
    /// (kernels, gradients, scopes, records of forms) belongs to a thread, and all that changes is in the session. Training, moving and loading are for
    /// when none runs.
    /// </summary>
    /// <param name="options">How it remembers and computes; null for as the model says.</param>
    /// <param name="batch">Rows, B.</param>
    /// <exception cref="InvalidOperationException">The model is no language model, or is in training.</exception>
    /// <exception cref="ModelException">The cache policy does not fit the model.</exception>
    public TokenSession StartSession(SessionOptions? options = null, int batch = 1) => new(this, options ?? new(), batch);

    /// <summary>Goes on with a session that <see cref="TokenSession.Save(string)"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What it was started with.</param>
    /// <exception cref="InvalidDataException">It is no such file, or was saved with another model, other plugins or other policies.</exception>
    public TokenSession LoadSession(string path, SessionOptions? options = null) => SessionFile.Open(path).Resume(this, options ?? new());

    /// <summary>
    /// Why the model takes no step in place where it is now, in words; null where it does: nothing is dropped out, and on the CPU every part has a form in
    /// place and the parameters are in float32 or float64; on a GPU the operations are the same for every token, so that a CUDA graph replays them.
    /// </summary>
    /// <remarks>Asked at every step: what it depends on may change between two, so it makes no objects where the answer is null.</remarks>
    public string? StepRefusal =>
        StepKernel.Kernel.Refusal(_embedding)
        ?? (_readOut is null ? null : "it has one target a sequence")
        ?? (training && Options.Dropout > 0 ? "it is in training, with dropout" : null)
        ?? (ReplaysSteps
            ? CudaStepGraph.Refusal ?? ReplayRefusal
            : FirstRefusal() ?? (_norm is IInPlaceMap ? null : $"{_norm.GetName()} has no form in place"));

    /// <summary>Why the operations of a step are not the same for every token, in words; null where they are.</summary>
    internal string? ReplayRefusal
    {
        get
        {
            // by index: an enumerator would be an allocation a step
            for (var depth = 0; depth < _stack.Count; depth++)
            {
                if (_stack[depth].ReplayRefusal is { } refusal)
                    return refusal;
            }

            return null;
        }
    }

    internal Device Device => _embedding.device;

    /// <summary>Whether a step is captured once and replayed, as on a GPU, and not taken in place, as on the CPU.</summary>
    internal bool ReplaysSteps => _embedding.device_type == TorchSharp.DeviceType.CUDA;

    /// <summary>Whether steps in place are to be taken, by what is preferred on this thread and by <see cref="StepRefusal"/>.</summary>
    /// <exception cref="KernelException">Fused kernels are demanded, and the model takes no step in place.</exception>
    public bool FusesSteps => StepKernel.Kernel.Fuses(_embedding, StepRefusal);

    /// <summary>As <see cref="FusesSteps"/>, from a state.</summary>
    internal bool Fuses(ModelState state) => StepKernel.Kernel.Fuses(_embedding, StepRefusal ?? state.StepRefusal);

    /// <summary>A path for one token a row, in place. Ask <see cref="StepRefusal"/> first.</summary>
    public DecodePath CreateDecodePath() => new(this);

    internal StepBuffers CreateBuffers(int batch) => new(batch, Options.DModel, (_head?.weight ?? _embedding).size(0), _embedding.dtype);

    /// <summary>Whether buffers go with the element type that the model has now.</summary>
    internal bool Fits(StepBuffers buffers, int batch) => buffers.Stream.dtype == _embedding.dtype && buffers.Stream.size(0) == batch;

    /// <summary>One token a row: the logits are left in the buffers.</summary>
    internal void Step(ReadOnlySpan<long> tokens, ModelState state, StepBuffers buffers)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(tokens.Length, state.Batch, nameof(tokens));
        var x = Vectors.Of(buffers.Stream);
        for (var row = 0; row < tokens.Length; row++)
        {
            if (_positions is not null)
                LearnedPositions.Require(state.Seen[row], _positions.size(0));
            x.Look(row, _embedding, tokens[row]);
        }

        if (_positions is not null)
        {
            var positions = Vectors.Of(buffers.Normed);
            for (var row = 0; row < tokens.Length; row++)
                positions.Look(row, _positions, state.Seen[row]++);
            x.Plus(positions);
        }

        for (var depth = 0; depth < _stack.Count; depth++)
            _stack[depth].Step(buffers.Stream, buffers, state.Layers[depth]);
        ((IInPlaceMap)_norm).Map(buffers.Stream, buffers.Normed);
        LinearMaps.Map(_head?.weight ?? _embedding, _head?.bias, Vectors.Of(buffers.Normed), Vectors.Of(buffers.Logits));
    }

    /// <summary>One token a row in tensors alone: tokens [B, 1] and positions [B, 1] int64 -> logits [B, C]. The states are moved on.</summary>
    internal Tensor Step(Tensor tokens, Tensor positions, IReadOnlyList<MixerState> layers)
    {
        var x = Look(_embedding, tokens);
        if (_positions is not null)
            x += Look(_positions, positions);
        foreach (var (block, layer) in _stack.Zip(layers))
            x = block.Advance(x, SequenceContext.Dense, layer);
        return Head(x, SequenceContext.Dense).squeeze(1);
    }

    /// <summary>What <see cref="Forward"/> passes through, part by part: to find where a number stopped being finite.</summary>
    internal IEnumerable<(string Part, int? Depth, Tensor Output)> Trace(Tensor tokens, SequenceContext context)
    {
        var x = Embed(tokens, context, seen: new long[tokens.shape[0]]);
        yield return ("embedding", null, x);
        foreach (var (depth, block) in _stack.Index())
        {
            using (Products())
                x = block.Forward(x, context);
            yield return ($"blocks.{_plan[depth].Block}.mixer", depth, x);
        }

        yield return ("head", null, Head(x, context));
    }

    /// <summary>The blocks in the order of their numbers; a shared one is made for the first depth it stands at.</summary>
    private static IEnumerable<Block> CreateBlocks(ModelOptions options, IReadOnlyList<PlannedBlock> plan)
    {
        foreach (var (depth, planned) in plan.Index().DistinctBy(each => each.Item.Block))
        {
            var context = new ComponentContext(options.DModel, depth, plan.Count);
            yield return Named(planned.Key, () => new Block(planned.Options, options, context));
        }
    }

    /// <summary>Says which part of the configuration a component's complaint about its options is about.</summary>
    private static T Named<T>(string key, Func<T> create)
    {
        try
        {
            return create();
        }
        catch (ArgumentException problem)
        {
            throw new ModelException(key, problem.Message, problem);
        }
    }

    private static Parameter Normal(long rows, long columns, double deviation)
    {
        using var gradients = no_grad();
        return new Parameter(empty(rows, columns).normal_(0, deviation).DetachFromDisposeScope());
    }

    private string? FirstRefusal()
    {
        // by index: an enumerator would be an allocation a step
        for (var depth = 0; depth < _stack.Count; depth++)
        {
            if (_stack[depth].StepRefusal is { } refusal)
                return refusal;
        }

        return null;
    }

    /// <summary>The stack: tokens [B, T] -> [B, T, D].</summary>
    private Tensor Mix(Tensor tokens, SequenceContext context)
    {
        var x = Embed(tokens, context, seen: new long[tokens.shape[0]]);
        foreach (var block in _stack)
            x = block.Forward(x, context);
        return x;
    }

    /// <summary>The stack, going on from a state: tokens [B, t] -> [B, t, D].</summary>
    private Tensor Continued(Tensor tokens, SequenceContext context, ModelState state)
    {
        var x = Embed(tokens.to(_embedding.device), context, state.Seen);
        foreach (var (block, layer) in _stack.Zip(state.Layers))
            x = block.Advance(x, context, layer);
        return x;
    }

    /// <summary>[B, T] -> [B, T, D]; <paramref name="seen"/>, the tokens of the current document before these, moves on.</summary>
    private Tensor Embed(Tensor tokens, SequenceContext context, long[] seen)
    {
        var (B, T) = (tokens.shape[0], tokens.shape[1]);
        var x = Look(_embedding, tokens);
        if (_positions is not null)
        {
            var positions = LearnedPositions.Of(context, T, seen, _positions.shape[0]);
            x += Look(_positions, tensor(positions).view(B, T).to(tokens.device));
        }

        return nn.functional.dropout(x, Options.Dropout, training);
    }

    /// <summary>Rows of a table: [B, T] int64 -> [B, T, D].</summary>
    private static Tensor Look(Parameter table, Tensor index) =>
        table.index_select(0, index.flatten()).view(index.shape[0], index.shape[1], table.shape[1]);

    /// <summary>Products as <see cref="Precision"/> says, to the end of a forward pass; null for as the parameters are.</summary>
    private IDisposable? Products() => Precision == Precision.Bfloat16 ? MixedPrecision.Products(_embedding.device_type) : null;

    /// <summary>Logits that mixed precision has rounded, for losses and metrics in float32.</summary>
    private Tensor Wide(Tensor logits) => Precision == Precision.Bfloat16 ? logits.to(_embedding.dtype) : logits;

    private Tensor Head(Tensor x, SequenceContext context)
    {
        x = _norm.call(x);
        if (_readOut is not null)
            x = _readOut.Forward(x, context);
        return _head is null ? nn.functional.linear(x, _embedding) : _head.call(x);
    }
}
