using Sequence.Framework.Conformance.Runs;
using Sequence.Framework.Scans;
using Sequence.Mixers;
using Sequence.Scans;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.MixerLaws;

/// <summary>What a prefix of nothing is must not be learned.</summary>
internal sealed class AggregatorIdentity : IMixerLaw
{
    private const long T = 100;

    public string Name => "aggregator-identity";

    public string Description => "An identity is shaped as a node; where the operator is associative it changes nothing; where it is learned no number of it reaches an output.";

    public bool AppliesTo(Candidate candidate)
    {
        using var mixer = candidate.Make();
        return mixer is IScheduledMixer;
    }

    public void Judge(Candidate candidate, Findings findings)
    {
        using var mixer = candidate.Make();
        using var gradients = no_grad();
        ((IScheduledMixer)mixer).Layer.Accept(new Identities(candidate, findings, mixer));
    }

    private sealed class Identities(Candidate candidate, Findings findings, SequenceMixer mixer) : IScanLayerVisitor<Findings>
    {
        public Findings Affine<TTransition, TState>(AffineLayer<TTransition, TState> layer)
            where TTransition : ITransition<TTransition, TState>
            where TState : IAffineState<TState>
        {
            var steps = layer.Steps(candidate.Inputs(2, 5), SequenceContext.Dense, RecentInputs.None);
            var elements = new AffineElement<TTransition, TState>(steps.Transition, steps.Input);
            Neutral(new AffineOperator<TTransition, TState>(), elements);
            Same(steps.Input, steps.Transition.Identity().Act(steps.Input), "1 |> s against s");
            return findings;
        }

        public Findings Prefix<TState>(PrefixLayer<TState> layer)
            where TState : class, IScanState<TState>
        {
            var x = candidate.Inputs(2, T / layer.ChunkSize * layer.ChunkSize + 1);
            var nodes = layer.Encode(candidate.Inputs(2, 5L * layer.ChunkSize).view(2, 5, layer.ChunkSize, candidate.Width));
            Shaped(layer.Aggregator.Identity(nodes), nodes);
            if (layer.Aggregator.Algebra.HasFlag(Algebra.Associative))
                Neutral(layer.Aggregator, nodes);

            // the layer stays the mixer's, so the one that borrows it is not disposed of
            var poisoned = new PrefixScanMixer<TState>(new PoisonedIdentity<TState>(layer));
            foreach (var schedule in ((IScheduledMixer)mixer).Schedules)
            {
                ((IScheduledMixer)mixer).Schedule = poisoned.Schedule = schedule;
                findings.Exactly(mixer.Score(x), poisoned.Score(x), () => $"outputs under {schedule} with an identity of NaN");
            }

            using var state = mixer.CreateState(2);
            using var other = poisoned.CreateState(2);
            var split = Split.Drawn(x.shape[1], candidate.Seed);
            findings.Exactly(mixer.Stream(x, split, state), poisoned.Stream(x, split, other), () => $"{split}, with an identity of NaN");
            return findings;
        }

        private void Neutral<TState>(IAggregationOperator<TState> aggregator, TState nodes)
            where TState : IScanState<TState>
        {
            var identity = aggregator.Identity(nodes);
            Shaped(identity, nodes);
            Same(nodes, aggregator.Aggregate(identity, nodes), "e a against a");
            Same(nodes, aggregator.Aggregate(nodes, identity), "a e against a");
        }

        private void Shaped<TState>(TState identity, TState nodes)
            where TState : IScanState<TState>
        {
            foreach (var (e, node) in identity.Tensors.Zip(nodes.Tensors))
            {
                findings.Holds(
                    e.shape.SequenceEqual(node.shape) && e.dtype == node.dtype,
                    () => $"the identity is {e.dtype} [{string.Join(", ", e.shape)}], its nodes {node.dtype} [{string.Join(", ", node.shape)}]");
            }
        }

        private void Same<TState>(TState expected, TState actual, string what)
            where TState : IScanState<TState>
        {
            foreach (var (one, other) in expected.Tensors.Zip(actual.Tensors))
                findings.Same(one, other, () => what);
        }
    }
}
