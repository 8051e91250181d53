using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Plugins.Tests;

/// <summary>A linear map of a module, read out of its parameters, for equations written as loops.</summary>
internal sealed class Weight
{
    private readonly double[] _w, _b;
    private readonly int _from, _outputs, _inputs;

    /// <summary>Rows <paramref name="from"/> .. <paramref name="from"/> + <paramref name="outputs"/> - 1 of a map and its bias.</summary>
    public Weight(nn.Module module, string name, int from, int outputs)
    {
        var parameters = module.state_dict();
        var w = parameters[$"{name}.weight"];
        (_from, _outputs, _inputs) = (from, outputs, (int)w.shape[1]);
        _w = Values(w);
        _b = parameters.TryGetValue($"{name}.bias", out var b) ? Values(b) : new double[w.shape[0]];
    }

    /// <summary>W x + b.</summary>
    public double[] Of(double[] x) =>
        [.. Enumerable.Range(_from, _outputs).Select(row => _b[row] + Enumerable.Range(0, _inputs).Sum(column => _w[row * _inputs + column] * x[column]))];

    /// <summary>The values of a tensor, flat.</summary>
    public static double[] Values(Tensor tensor) => tensor.detach().to(float64).contiguous().data<double>().ToArray();

    /// <summary>x_t of row 0, for each t.</summary>
    public static double[][] Tokens(Tensor x) => [.. Enumerable.Range(0, (int)x.shape[1]).Select(t => Values(x[0][t]))];
}
