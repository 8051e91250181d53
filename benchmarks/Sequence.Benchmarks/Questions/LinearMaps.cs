using Sequence.Benchmarks.Measuring;
using static TorchSharp.torch;

namespace Sequence.Benchmarks.Questions;

/// <summary>The matrix products of a layer's linear maps and nothing else: y = x W^T; backward g W and g^T x.</summary>
public sealed class LinearMaps : IDisposable
{
    private readonly List<(Tensor X, Tensor Weight, Tensor G)> _maps = [];

    /// <param name="setting">Where they are, and in which element type.</param>
    /// <param name="tokens">Tokens of all rows.</param>
    /// <param name="weights">Shapes of the weights, [outputs, inputs].</param>
    public LinearMaps(Setting setting, long tokens, IEnumerable<long[]> weights)
    {
        using var scope = NewDisposeScope();
        foreach (var shape in weights)
        {
            _maps.Add((
                setting.Place(randn(tokens, shape[1])).DetachFromDisposeScope(), setting.Place(randn(shape)).DetachFromDisposeScope(),
                setting.Place(randn(tokens, shape[0])).DetachFromDisposeScope()));
        }
    }

    /// <summary>All products of a pass.</summary>
    public void Run(Pass pass)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (x, weight, g) in _maps)
        {
            x.mm(weight.t());
            if (pass == Pass.Both)
            {
                g.mm(weight);
                g.t().mm(x);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (x, weight, g) in _maps)
        {
            x.Dispose();
            weight.Dispose();
            g.Dispose();
        }
    }
}
