using Sequence.Framework.Conformance.Runs;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.MixerLaws;

/// <summary>What a mixer remembers is half of what it is compared by.</summary>
internal sealed class StateBytes : ILaw
{
    private const int Rows = 3;

    public string Name => "state-bytes";

    public string Description => "A state holds the bytes that the declared cost says, after any number of tokens and in each element type; under logarithmic growth, at most those.";

    public void Judge(Candidate candidate, Findings findings)
    {
        foreach (var dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
        {
            using var mixer = candidate.Make(dtype);
            var x = candidate.Inputs(Rows, 200, dtype);
            var cost = mixer.Cost;
            foreach (var T in dtype == ScalarType.Float32 ? [0, 1, 2, 63, 64, 65, 100, 200] : (long[])[0, 65])
            {
                using var scope = NewDisposeScope();
                using var state = mixer.CreateState(Rows);
                if (T > 0)
                    mixer.Stream(x.narrow(1, 0, T), Split.Drawn(T, candidate.Seed), state);

                var (held, declared) = (state.Bytes, Rows * cost.BytesAfter(T));
                var off = cost.Growth == StateGrowth.Logarithmic ? Math.Max(0, held - declared) : Math.Abs(held - declared);
                findings.Measure(off, 0, () => $"{dtype}: {Rows} rows hold {held} bytes after {T} tokens; growth {cost.Growth} declares {declared}");
            }
        }
    }
}
