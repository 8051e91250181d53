using static TorchSharp.torch;

namespace Sequence.Benchmarks.Questions;

/// <summary>
/// The last queries of causal attention in float64, over all keys: y = softmax(q k^T / sqrt(K)) v with the scores in memory. Keys among those queries get
/// gradients from no other query.
/// </summary>
internal sealed class AttentionEnding : IEnding
{
    public long Tokens => 64;

    public string Words => "scores in memory in float64, over all keys";

    public IReadOnlyDictionary<string, Tensor> Compute(IReadOnlyDictionary<string, Tensor> inputs, IReadOnlyList<Tensor> gradients)
    {
        var (T, K) = (inputs["q"].shape[2], inputs["q"].shape[3]);
        Tensor Early(string name) => inputs[name].detach().narrow(2, 0, T - Tokens).to(float64);
        Tensor Late(Tensor tensor) => tensor.detach().narrow(2, T - Tokens, Tokens).to(float64);
        Tensor[] last = [.. new[] { "q", "k", "v" }.Select(name => Late(inputs[name]).requires_grad_())];

        var (k, v) = (cat([Early("k"), last[1]], 2), cat([Early("v"), last[2]], 2));
        var future = ones(Tokens, T, dtype: @bool, device: gradients[0].device).triu(T - Tokens + 1);
        var y = (last[0] / Math.Sqrt(K)).matmul(k.transpose(2, 3)).masked_fill(future, double.NegativeInfinity).softmax(-1).matmul(v);
        var towards = autograd.grad([y], last, [Late(gradients[0])]);
        return new Dictionary<string, Tensor> { ["output.0"] = y, ["gradient.q"] = towards[0], ["gradient.k"] = towards[1], ["gradient.v"] = towards[2] };
    }
}
