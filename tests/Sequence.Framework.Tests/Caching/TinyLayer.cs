using Sequence.Caching;
using Sequence.Mixers;
using Sequence.Scans;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Sequence.Framework.Tests.Caching;

/// <summary>Attention with nothing to it but entries: H query heads on Hkv, keys K wide turned by their positions, values V wide, a score a token.</summary>
internal sealed class TinyLayer : EntryLayer
{
    public const int D = 6, H = 4, Hkv = 2, K = 4, V = 3;

    [ComponentName(Name = "maps")]
    private readonly Linear _maps = nn.Linear(D, H * K + Hkv * (K + V) + 1);

    [ComponentName(Name = "output")]
    private readonly Linear _output = nn.Linear(H * V, D);

    public TinyLayer(EntryReads reads = EntryReads.Inclusive) : base("tiny")
    {
        Reads = reads;
        RegisterComponents();
    }

    public override EntryShape Shape { get; } = new(Hkv, K, V);

    public override Tensor Like => _output.weight!;

    public override EntryReads Reads { get; }

    public override bool Scores => true;

    public override bool Rotates => true;

    public override Entries Project(Tensor x, Tensor? h, SequenceContext context)
    {
        var all = _maps.forward(x);
        return new(Heads(0, H, K), Heads(H * K, Hkv, K), Heads((H + Hkv) * K, Hkv, V)) { Scores = all.select(2, -1) };

        Tensor Heads(long from, long heads, long width) => all.narrow(2, from, heads * width).unflatten(2, heads, width).transpose(1, 2);
    }

    public override Tensor Rotate(Tensor heads, Tensor positions)
    {
        var angles = positions.to(float64).unsqueeze(-1) * tensor(new[] { 1.0, 0.1 });
        if (positions.dim() == 2)
            angles = angles.unsqueeze(1);
        var (cos, sin, halves) = (angles.cos().to(heads.dtype), angles.sin().to(heads.dtype), heads.chunk(2, -1));
        return cat(new[] { halves[0] * cos - halves[1] * sin, halves[1] * cos + halves[0] * sin }, -1);
    }

    public override Tensor Output(Tensor read, Tensor x, Tensor? h) => _output.forward(read.transpose(1, 2).flatten(2));
}
