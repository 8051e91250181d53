using Sequence.Caching;
using Sequence.Mixers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.PolicyLaws;

/// <summary>
/// The layer that policies are tried on: grouped queries whose attention is uneven, keys that turn with their positions, a score for each token.
/// <code>
/// q = 2 W_q x [B, 4, T, 4]      k, v = 2 W_k x, W_v x [B, 2, T, 4]      s = sigmoid(w x) [B, T]
/// R: channels (0, 2) and (1, 3) at position n by the angles n and n / 10
/// y = W_o r
/// </code>
/// </summary>
internal sealed class ProbeLayer : EntryLayer
{
    private const long H = 4, Hkv = 2, K = 4;

    [ComponentName(Name = "project")]
    private readonly Linear _project;

    [ComponentName(Name = "output")]
    private readonly Linear _output;

    public ProbeLayer(int width, EntryReads reads) : base("probe")
    {
        Reads = reads;
        _project = nn.Linear(width, (H + 2 * Hkv) * K + 1);
        _output = nn.Linear(H * K, width);
        RegisterComponents();
    }

    public override EntryShape Shape { get; } = new(Hkv, K, K);

    public override Tensor Like => _output.weight!;

    public override EntryReads Reads { get; }

    public override bool Rotates => true;

    public override bool Scores => true;

    public override Entries Project(Tensor x, Tensor? h, SequenceContext context)
    {
        var u = _project.call(x);
        return new(2 * Heads(0, H), 2 * Heads(H, Hkv), Heads(H + Hkv, Hkv)) { Scores = u.select(-1, -1).sigmoid() };

        Tensor Heads(long from, long heads) => u.narrow(-1, from * K, heads * K).unflatten(-1, [heads, K]).transpose(1, 2);
    }

    public override Tensor Rotate(Tensor heads, Tensor positions)
    {
        var at = (positions.dim() == 2 ? positions.unsqueeze(1) : positions).to(heads.dtype).unsqueeze(-1);
        var angles = cat([at, at / 10], -1);
        var (a, b) = (heads.narrow(-1, 0, K / 2), heads.narrow(-1, K / 2, K / 2));
        return cat([a * angles.cos() - b * angles.sin(), a * angles.sin() + b * angles.cos()], -1);
    }

    public override Tensor Output(Tensor read, Tensor x, Tensor? h) => _output.call(read.transpose(1, 2).flatten(2));
}
