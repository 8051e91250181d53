using Sequence.Blocks;
using Sequence.Mixers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sequence.Fixtures.TinyRuns;

/// <summary>Layer norm.</summary>
public sealed class PlainNorm : Norm
{
    private readonly LayerNorm _norm;

    public PlainNorm(int width) : base("plain")
    {
        _norm = nn.LayerNorm(width);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => _norm.call(input);
}

/// <summary>The output at each row's last real token.</summary>
public sealed class LastReadOut() : ReadOut("last")
{
    public override Tensor Forward(Tensor x, SequenceContext context)
    {
        using var scope = NewDisposeScope();
        var rows = Enumerable.Range(0, (int)x.shape[0]).Select(row => x[row, context.LengthOf(row, x.shape[1]) - 1]).ToArray();
        return stack(rows, 0).MoveToOuterDisposeScope();
    }
}
