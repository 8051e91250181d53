using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Scans;

/// <summary>
/// A prefix-scannable layer (arXiv 2506.10918, definition 3.1): Enc, Agg and Inf over chunks C_0, C_1, ... of c tokens:
/// <code>
/// x_i = Enc(C_i)
/// s_i = x_0 Agg x_1 Agg ... Agg x_(i-1)      with the brackets of the Blelloch tree; no s_0
/// y_i = Inf(s_i, C_i)                        causal inside the chunk
/// </code>
/// </summary>
/// <typeparam name="TState">The nodes x and s.</typeparam>
/// <param name="name">Name of the module.</param>
public abstract class PrefixLayer<TState>(string name) : ScanLayer(name)
    where TState : class, IScanState<TState>
{
    /// <summary>c.</summary>
    public abstract int ChunkSize { get; }

    /// <summary>Agg.</summary>
    public abstract IAggregationOperator<TState> Aggregator { get; }

    /// <summary>Enc of whole chunks: [B, N, c, D] -> nodes [B, N, ...].</summary>
    public abstract TState Encode(Tensor chunks);

    /// <summary>Inf of whole chunks: output t of a chunk depends on the prefix and on the tokens 0..t of the chunk.</summary>
    /// <param name="prefixes">s, [B, N, ...]; null for first chunks, which have none.</param>
    /// <param name="chunks">[B, N, c, D].</param>
    /// <returns>[B, N, c, D].</returns>
    public abstract Tensor Infer(TState? prefixes, Tensor chunks);

    /// <summary>Begins a chunk that comes token by token: all of Inf that depends on the prefix alone, as a state of [B] rows.</summary>
    /// <param name="prefix">s, [B, 1, ...]; null for the first chunk.</param>
    /// <param name="batch">B.</param>
    public abstract MixerState Open(TState? prefix, int batch);

    /// <summary>Inf of the next tokens of an open chunk, which they do not leave: [B, t, D] -> [B, t, D]. The state is updated in place.</summary>
    /// <param name="x">Inputs, [B, t, D].</param>
    /// <param name="context">Row r has <c>context.Lengths[r]</c> tokens, or t where no lengths are given. No documents begin.</param>
    /// <param name="chunk">What <see cref="Open"/> gave.</param>
    public abstract Tensor Continue(Tensor x, SequenceContext context, MixerState chunk);

    /// <summary>Bytes of one row of an open chunk's state when the chunk is full.</summary>
    public abstract long OpenBytes { get; }

    /// <summary>A chunk without tokens yet, zeros [B, c, D], of the module's element type and on its device.</summary>
    public abstract Tensor CreateChunk(int batch);

    /// <inheritdoc/>
    public sealed override TResult Accept<TResult>(IScanLayerVisitor<TResult> visitor) => visitor.Prefix(this);
}
