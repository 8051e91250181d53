using Sequence.Framework.Scans;
using Sequence.Mixers;
using Sequence.Scans;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.MixerLaws;

/// <summary>A schedule believes what an operator claims.</summary>
internal sealed class AggregatorAlgebra : IMixerLaw
{
    private const long Rows = 2, Triples = 5;

    public string Name => "aggregator-algebra";

    public string Description => "An operator is associative or commutative where it claims to be, treats each pair of nodes alone, and transitions act on states as a monoid.";

    public string? WhySkipped(ScalarType elementType) => elementType == ScalarType.Float32 ? null : "what an operator claims is tried in float64";

    public bool AppliesTo(Candidate candidate)
    {
        using var mixer = candidate.Make();
        return mixer is IScheduledMixer;
    }

    public void Judge(Candidate candidate, Findings findings)
    {
        using var mixer = candidate.Make(ScalarType.Float64);
        using var gradients = no_grad();
        ((IScheduledMixer)mixer).Layer.Accept(new Claims(candidate, findings));
    }

    private sealed class Claims(Candidate candidate, Findings findings) : IScanLayerVisitor<Findings>
    {
        public Findings Affine<TTransition, TState>(AffineLayer<TTransition, TState> layer)
            where TTransition : ITransition<TTransition, TState>
            where TState : IAffineState<TState>
        {
            var x = candidate.Inputs(Rows, 3 * Triples, ScalarType.Float64);
            var steps = layer.Steps(x, SequenceContext.Dense, RecentInputs.None);
            var elements = new AffineElement<TTransition, TState>(steps.Transition, steps.Input);
            Algebra(new AffineOperator<TTransition, TState>(), elements);

            var (first, second, third) = Thirds(elements);
            Same(
                second.Transition.After(first.Transition).Act(third.Input),
                second.Transition.Act(first.Transition.Act(third.Input)),
                "(E_2 o E_1) |> s against E_2 |> (E_1 |> s)");
            Same(
                first.Transition.Act(second.Input.Plus(third.Input)),
                first.Transition.Act(second.Input).Plus(first.Transition.Act(third.Input)),
                "E |> (s + s') against E |> s + E |> s'");
            return findings;
        }

        public Findings Prefix<TState>(PrefixLayer<TState> layer)
            where TState : class, IScanState<TState>
        {
            var chunks = candidate.Inputs(Rows, 3 * Triples * layer.ChunkSize, ScalarType.Float64).view(Rows, 3 * Triples, layer.ChunkSize, candidate.Width);
            Algebra(layer.Aggregator, layer.Encode(chunks));
            return findings;
        }

        private void Algebra<TState>(IAggregationOperator<TState> aggregator, TState nodes)
            where TState : IScanState<TState>
        {
            var (a, b, c) = Thirds(nodes);
            var ab = aggregator.Aggregate(a, b);
            if (aggregator.Algebra.HasFlag(Sequence.Scans.Algebra.Associative))
                Same(aggregator.Aggregate(a, aggregator.Aggregate(b, c)), aggregator.Aggregate(ab, c), "claimed associative: (a b) c against a (b c)");
            if (aggregator.Algebra.HasFlag(Sequence.Scans.Algebra.Commutative))
                Same(aggregator.Aggregate(b, a), ab, "claimed commutative: a b against b a");

            Same(aggregator.Aggregate(a.Slice(1, 2), b.Slice(1, 2)), ab.Slice(1, 2), "one pair of nodes against the same pair among others");
            TState Row(TState states) => states.Each(tensor => tensor.narrow(0, 1, 1));
            Same(aggregator.Aggregate(Row(a), Row(b)), Row(ab), "one row against the same row among others");
        }

        private static (TState A, TState B, TState C) Thirds<TState>(TState nodes)
            where TState : IScanState<TState>
            => (nodes.Slice(0, Triples), nodes.Slice(Triples, 2 * Triples), nodes.Slice(2 * Triples, 3 * Triples));

        private void Same<TState>(TState expected, TState actual, string what)
            where TState : IScanState<TState>
        {
            foreach (var (one, other) in expected.Tensors.Zip(actual.Tensors))
                findings.Same(one, other, () => what);
        }
    }
}
