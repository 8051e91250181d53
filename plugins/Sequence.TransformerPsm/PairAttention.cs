using Sequence.Kernels.Attention;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Sequence.TransformerPsm;

/// <summary>
/// Softmax attention inside a pair of chunks, without a cache: the last q of T vectors ask, all T or those up to each answer, K = D / H:
/// <code>
/// y_t = W_o sum_s softmax_s((W_q x_t) . (W_k x_s) / sqrt(K)) W_v x_s        x: [n, T, D]; y: [n, q, D]
/// </code>
/// </summary>
internal sealed class PairAttention : nn.Module
{
    [ComponentName(Name = "query")]
    private readonly Linear _query;

    // W_k, W_v, one product
    [ComponentName(Name = "key_value")]
    private readonly Linear _keyValue;

    [ComponentName(Name = "output")]
    private readonly Linear _output;

    private readonly bool _bidirectional;
    private readonly long _heads, _keyWidth;

    /// <exception cref="ArgumentException">The heads do not divide the width.</exception>
    public PairAttention(int width, int heads, bool bidirectional) : base("attention")
    {
        if (width % heads != 0)
            throw new ArgumentException($"heads: {heads} does not divide the model width {width}.");
        (_heads, _keyWidth, _bidirectional) = (heads, width / heads, bidirectional);
        _query = nn.Linear(width, width);
        _keyValue = nn.Linear(width, 2L * width);
        _output = nn.Linear(width, width);
        RegisterComponents();
    }

    /// <summary>The outputs of the last <paramref name="asking"/> vectors: [n, T, D] -> [n, asking, D].</summary>
    public Tensor Forward(Tensor x, long asking)
    {
        var (n, T, D) = (x.shape[0], x.shape[1], x.shape[2]);
        var q = _query.call(x.narrow(1, T - asking, asking)).view(n, asking, _heads, _keyWidth).transpose(1, 2);
        var kv = _keyValue.call(x).view(n, T, 2 * _heads, _keyWidth).transpose(1, 2);
        var y = SoftmaxAttention.Run(q, kv.narrow(1, 0, _heads), kv.narrow(1, _heads, _heads), Seen(T, asking, x.device));
        return _output.call(y.transpose(1, 2).reshape(n, asking, D));
    }

    private KeySpans Seen(long T, long asking, Device device)
    {
        if (_bidirectional || asking == 1)
            return KeySpans.All;
        var slots = arange(T - asking, T, device: device).unsqueeze(0);
        return KeySpans.Of(slots, slots);
    }
}
