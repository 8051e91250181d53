using Sequence.Framework.Conformance.Runs;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.MixerLaws;

/// <summary>What a mixer remembers is half of what it is compared by.</summary>
internal sealed class StateBytes : IMixerLaw
{
    private const int Rows = 3;
    private const int Doublings = 5;

    public string Name => "state-bytes";

    public string Description => "A state holds the bytes that the declared cost says, after any number of tokens and in each element type; where the cost is a bound at most those; under logarithmic growth at least half of them, and with every doubling no more than a unit.";

    public void Judge(Candidate candidate, Findings findings)
    {
        Declared(candidate, findings);
        Logarithmic(candidate, findings);
    }

    private static void Declared(Candidate candidate, Findings findings)
    {
        foreach (var dtype in candidate.ElementTypes)
        {
            using var mixer = candidate.Make(dtype);
            var x = candidate.Inputs(Rows, 200, dtype);
            var cost = mixer.Cost;
            foreach (var T in dtype == candidate.ElementType ? [0, 1, 2, 63, 64, 65, 100, 200] : (long[])[0, 65])
            {
                using var scope = NewDisposeScope();
                using var state = mixer.CreateState(Rows);
                if (T > 0)
                    mixer.Stream(x.narrow(1, 0, T), Split.Drawn(T, candidate.Seed), state);

                var (held, declared) = (state.Bytes, Rows * cost.BytesAfter(T));
                var off = cost.IsBound || cost.Growth == StateGrowth.Logarithmic ? Math.Max(0, held - declared) : Math.Abs(held - declared);
                findings.Measure(off, 0, () => $"{dtype}: {Rows} rows hold {held} bytes after {T} tokens; growth {cost.Growth} declares {declared}");
            }
        }
    }

    /// <summary>
    /// T_k = 2^k c - 1 tokens, c the grain: k digits, and a grain that is nearly full. A state linear in T cannot grow by at most a unit from T_4 to T_5,
    /// by 16 grains, and by at least half of four units from T_1 to T_5, by 30.
    /// </summary>
    private static void Logarithmic(Candidate candidate, Findings findings)
    {
        using var mixer = candidate.Make();
        var cost = mixer.Cost;
        if (cost.Growth != StateGrowth.Logarithmic)
            return;

        var x = candidate.Inputs(1, (cost.Grain << Doublings) - 1);
        using var state = mixer.CreateState(1);
        var held = new long[Doublings + 1];
        for (var (k, seen) = (0, 0L); k <= Doublings; k++)
        {
            var T = (cost.Grain << k) - 1;
            if (T > seen)
                mixer.Stream(x.narrow(1, seen, T - seen), Split.Whole(T - seen), state);
            (seen, held[k]) = (T, state.Bytes);
            if (k > 1)
                findings.Measure(Math.Max(0, held[k] - held[k - 1] - cost.UnitBytes), 0, () => $"the state grows by {held[k] - held[k - 1]} bytes as tokens double to {T}; a doubling is declared as {cost.UnitBytes}");
        }

        var (grown, units) = (held[Doublings] - held[1], (Doublings - 1) * cost.UnitBytes);
        findings.Measure(Math.Max(0, units - 2 * grown), 0, () => $"{units} bytes are declared for {Doublings - 1} doublings, in which the state grows by {grown}");
        var declared = cost.BytesAfter(x.shape[1]);
        findings.Measure(Math.Max(0, declared - 2 * held[Doublings]), 0, () => $"{declared} bytes are declared after {x.shape[1]} tokens, and {held[Doublings]} are held");
    }
}
