using Sequence.Framework.Caching;
using Sequence.Framework.Conformance.Runs;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.PolicyLaws;

/// <summary>Sessions join and leave a batch, and take their entries along.</summary>
internal sealed class CacheGather : IPolicyLaw
{
    private const long Next = 20;
    private static readonly Split After = new([1, 1, 11, 7]);

    // tokens of each row before, taken alone in two calls
    private static readonly Split[] Before = [new([30, 1]), new([4, 1]), new([20, 3])];
    private static readonly int[] Picked = [2, 0, 2, 1];

    public string Name => "cache-gather";

    public string Description => "Rows of states that are joined, picked, doubled and put in another order drop entries as each would alone.";

    public void Judge(PolicyCandidate candidate, Findings findings)
    {
        var x = candidate.Inputs(Before.Length, 60);
        foreach (var reads in PolicyRuns.Reads)
        {
            using var mixer = candidate.Layer(reads);
            var states = Before.Select((split, row) => Begun(mixer, x, row)).ToList();
            using var joined = (EntryCache)MixerState.Join(states);
            using var gathered = (EntryCache)joined.Gather(Picked);
            states.ForEach(state => state.Dispose());

            var next = stack(Picked.Select(row => x[row].narrow(0, Before[row].Length, Next)).ToArray(), 0);
            var y = mixer.Stream(next, After, gathered);
            for (var place = 0; place < Picked.Length; place++)
            {
                var row = Picked[place];
                using var anew = candidate.Layer(reads);
                using var own = Begun(anew, x, row);
                var alone = anew.Stream(x.narrow(0, row, 1).narrow(1, Before[row].Length, Next), After, own);
                string Where() => $"{reads.Text()}, row {row} after {Before[row].Length} tokens as row {place}";
                findings.Same(alone[0], y[place], Where);
                findings.Holds(own.Held(0), gathered.Held(place), place, Where);
            }
        }
    }

    private static EntryCache Begun(EntryMixer mixer, Tensor x, int row)
    {
        var state = mixer.Begin(1);
        mixer.Stream(x.narrow(0, row, 1), Before[row], state);
        return state;
    }
}
