using Sequence.Kernels.Registry;
using static TorchSharp.torch;

namespace Sequence.Benchmarks.Questions;

/// <summary>
/// The end of a scan in float64 by its reference form, from the state that this form has before it: outputs, the last state, and gradients to all inputs over
/// time. Gradients at the last tokens come from those tokens' outputs alone, so they need nothing of what is before.
/// </summary>
/// <param name="operation">From tensors by name to outputs.</param>
/// <param name="state">The inputs that carry the state on, from the outputs of a piece.</param>
internal sealed class ScanEnding(Func<Func<string, Tensor>, Tensor[]> operation, Func<Tensor[], Dictionary<string, Tensor>> state) : IEnding
{
    private const long Piece = 1_024;

    public long Tokens => 256;

    public string Words => "the reference in float64, from its own state before them";

    public IReadOnlyDictionary<string, Tensor> Compute(IReadOnlyDictionary<string, Tensor> inputs, IReadOnlyList<Tensor> gradients)
    {
        using var reference = KernelScope.Prefer(KernelPreference.Reference);
        var T = inputs.Values.Where(input => input.dim() > 1).Max(input => input.shape[1]);
        bool IsOverTime(Tensor tensor) => tensor.dim() > 1 && tensor.shape[1] == T;

        var carried = new Dictionary<string, Tensor>();
        Dictionary<string, Tensor> At(long begin, long tokens) => inputs.ToDictionary(
            each => each.Key,
            each => carried.TryGetValue(each.Key, out var now) ? now : (IsOverTime(each.Value) ? each.Value.detach().narrow(1, begin, tokens) : each.Value.detach()).to(float64).contiguous());

        using (no_grad())
        {
            for (var begin = 0L; begin < T - Tokens; begin += Piece)
            {
                using var scope = NewDisposeScope();
                var piece = At(begin, Math.Min(Piece, T - Tokens - begin));
                var next = state(operation(name => piece[name]));
                carried = next.ToDictionary(each => each.Key, each => each.Value.clone().MoveToOuterDisposeScope());
            }
        }

        var last = At(T - Tokens, Tokens).ToDictionary(each => each.Key, each => each.Value.detach().requires_grad_());
        var outputs = operation(name => last[name]);
        Tensor[] upstream = [.. gradients.Select(gradient => (IsOverTime(gradient) ? gradient.narrow(1, T - Tokens, Tokens) : gradient).to(float64))];
        var over = inputs.Where(each => IsOverTime(each.Value)).Select(each => each.Key).ToList();
        var results = outputs.Index().ToDictionary(each => $"output.{each.Index}", each => each.Item);
        foreach (var (name, gradient) in over.Zip(autograd.grad(outputs, [.. over.Select(name => last[name])], upstream)))
            results.Add($"gradient.{name}", gradient);
        return results;
    }
}
