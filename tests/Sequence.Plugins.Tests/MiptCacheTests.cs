using Sequence.CachePolicies;
using Sequence.Caching;
using Sequence.Framework.Caching;
using Sequence.Framework.Scans;
using Sequence.Kernels.Attention;
using Sequence.Mipt;
using Sequence.Mixers;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Plugins.Tests;

/// <summary>The sparse cache of MIPT-SSM against its equations with a heap of K slots, written as loops.</summary>
public sealed class MiptCacheTests : IDisposable
{
    private const int D = 6;
    private const double Tolerance = 1e-10;

    private static readonly int[] Lengths = [1, 63, 64, 65, 100];
    private static readonly int[] Capacities = [0, 1, 4, 16, 64, int.MaxValue];

    private static readonly MiptCacheOptions[] Forms =
    [
        new() { GateBias = 0 },
        new() { GateBias = 0, Heads = 2, WriteWeight = 0.5 },
        new() { GateBias = 0, ReadsItself = true },
    ];

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    public static TheoryData<int, int, bool> Cases
    {
        get
        {
            var cases = new TheoryData<int, int, bool>();
            foreach (var form in Enumerable.Range(0, Forms.Length))
            {
                foreach (var K in Capacities)
                {
                    cases.Add(form, K, false);
                    cases.Add(form, K, true);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void One_pass_and_any_session_are_a_heap_of_slots(int form, int K, bool withTies)
    {
        using var mixer = Make(Forms[form], TopK(K));
        foreach (var T in Lengths)
            Agree(mixer, Forms[form], withTies ? Recurring(T) : Inputs(T), new Slots(K), $"K = {K}, T = {T}");
    }

    [Theory]
    [InlineData(0.3, int.MaxValue)]
    [InlineData(0.3, 4)]
    [InlineData(0.99, int.MaxValue)]
    public void Above_a_threshold_too(double threshold, int K)
    {
        foreach (var form in Forms)
        {
            using var mixer = Make(form, new GateThreshold(new() { Threshold = threshold, Budget = K == int.MaxValue ? null : CacheBudget.Of(K) }));
            foreach (var T in Lengths)
                Agree(mixer, form, Inputs(T), new Slots(K, threshold), $"tau = {threshold}, K = {K}, T = {T}");
        }
    }

    [Fact]
    public void Of_equal_scores_the_earlier_stay()
    {
        using var mixer = Make(Forms[0], TopK(4));
        using var state = mixer.CreateState(1, mixer.Policy);
        Streamed(mixer, Inputs(1).expand(1, 20, D), [7, 1, 1, 11], state);

        Assert.Equal([0, 1, 2, 3], state.EntryPositions.contiguous().data<long>().ToArray().Order());
    }

    [Fact]
    public void Where_nothing_is_held_the_output_is_that_of_the_recurrence()
    {
        using var mixer = Make(Forms[0], TopK(0));
        var recurrence = ScanMixers.Of(mixer.Layer.Scan!);
        var x = Inputs(65);
        Same(recurrence.Forward(x, SequenceContext.Dense), mixer.Forward(x, SequenceContext.Dense), "K = 0");

        mixer.Policy = null;
        Same(recurrence.Forward(x, SequenceContext.Dense).narrow(1, 0, 1), mixer.Forward(x, SequenceContext.Dense).narrow(1, 0, 1), "first token");
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0.5, true)]
    public void Reading_trains_what_is_written_where_scores_weigh_in(double writeWeight, bool trains)
    {
        using var mixer = Make(new() { WriteWeight = writeWeight }, TopK(4));
        var x = Inputs(33);
        var h = ScanMixers.Of(mixer.Layer.Scan!).Forward(x, SequenceContext.Dense).detach();
        var entries = mixer.Layer.Project(x, h, SequenceContext.Dense);
        SoftmaxAttention.Run(entries.Queries, entries.Keys, entries.Values, KeySpans.Causal(null)).square().sum().backward();

        var gradient = mixer.Layer.named_parameters().Single(parameter => parameter.name == "scan.projection.weight").parameter.grad;
        var isTrained = gradient is not null && gradient.narrow(0, 0, D).abs().amin().ToDouble() > 0;
        Assert.Equal(trains, isTrained);
        Assert.True(gradient is null || gradient.narrow(0, D, 3 * D).abs().max().ToDouble() == 0, "Only measurement is scored.");
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void Tokens_that_are_never_measured_are_finite_to_read(ScalarType type)
    {
        using var mixer = Make(new() { WriteWeight = 1 }, TopK(4)).to(type);
        using (no_grad())
            mixer.Layer.named_parameters().Single(parameter => parameter.name == "scan.projection.bias").parameter.narrow(0, 0, D).fill_(-1e4);
        var x = Inputs(20).to(type).requires_grad_();
        var y = mixer.Forward(x, SequenceContext.Dense);
        y.sum().backward();

        Assert.True(y.isfinite().all().ToBoolean());
        Assert.True(x.grad!.isfinite().all().ToBoolean());
    }

    [Fact]
    public void Slots_used_are_reported_of_each_sequence()
    {
        var x = cat(new[] { Inputs(30), Inputs(31).narrow(1, 0, 30) }, 0);
        var context = new SequenceContext { Lengths = [30, 3] };
        using var mixer = Make(Forms[0], TopK(8));
        Assert.Equal((8 + 3) / 2.0, Used());

        mixer.Policy = TopK(int.MaxValue);
        Assert.Equal((30 + 3) / 2.0, Used());

        const double Threshold = 0.5;
        mixer.Policy = new GateThreshold(new() { Threshold = Threshold });
        var s = mixer.Layer.Project(x, x, context).Scores!;
        var passing = (s[0] > Threshold).sum().ToDouble() + (s[1].narrow(0, 0, 3) > Threshold).sum().ToDouble();
        Assert.InRange(passing, 1, 32);
        Assert.Equal(passing / 2, Used());

        double Used()
        {
            using var figures = FigureRecord.Begin();
            mixer.Forward(x, context);
            using var state = mixer.CreateState(2, mixer.Policy);
            mixer.Advance(x, context, state);
            Assert.Equal(figures.Means["slots"], state.Counts.Average());
            return figures.Means["slots"];
        }
    }

    private static EntryMixer Make(MiptCacheOptions options, CachePolicy policy)
    {
        manual_seed(1);
        var mixer = new EntryMixer(new MiptCache(options, D)).to(ScalarType.Float64);
        mixer.Policy = policy;

        // scores that spread over (0, 1)
        using (no_grad())
        {
            var maps = mixer.Layer.named_parameters().ToDictionary(parameter => parameter.name, parameter => parameter.parameter);
            maps["scan.projection.weight"].narrow(0, 0, D).mul_(3);
            maps["scan.projection.bias"].narrow(0, 0, D).fill_(0);
        }

        mixer.eval();
        return mixer;
    }

    private static GateTopK TopK(int K) => new(new() { Budget = K == int.MaxValue ? null : CacheBudget.Of(K) });

    private static Tensor Inputs(int T) => randn([1, T, D], float64, generator: new Generator((ulong)(1 + T)));

    /// <summary>Five tokens, over and over: many of equal score.</summary>
    private static Tensor Recurring(int T) =>
        Inputs(5).index_select(1, tensor(Enumerable.Range(0, T).Select(t => t * t % 7 % 5L).ToArray()));

    private static void Agree(EntryMixer mixer, MiptCacheOptions options, Tensor x, Slots slots, string where)
    {
        var T = (int)x.shape[1];
        var expected = Expected(mixer, options, x, slots);
        mixer.train();
        Same(expected, mixer.Forward(x, SequenceContext.Dense), $"{where}, trained");
        mixer.eval();
        foreach (var pieces in (long[][])[[T], [.. Enumerable.Repeat(1L, T)], .. T > 40 ? (long[][])[[37, 1, T - 38], [1, 1, 20, 3, T - 25]] : []])
        {
            using var state = mixer.CreateState(1, mixer.Policy);
            Same(expected, Streamed(mixer, x, pieces, state), $"{where}, in {pieces.Length} pieces");
            Assert.Equal(slots.Held.Select(j => (long)j).Order(), state.EntryPositions.contiguous().data<long>().ToArray().Where(position => position >= 0).Order());
        }
    }

    private static Tensor Streamed(EntryMixer mixer, Tensor x, IEnumerable<long> pieces, EntryCache state)
    {
        using var gradients = no_grad();
        var (at, outputs) = (0L, new List<Tensor>());
        foreach (var piece in pieces)
        {
            outputs.Add(mixer.Advance(x.narrow(1, at, piece), SequenceContext.Dense, state));
            at += piece;
        }

        return cat(outputs, 1);
    }

    /// <summary>y_t, token by token; the recurrence itself is held against its own equation elsewhere.</summary>
    private static Tensor Expected(EntryMixer mixer, MiptCacheOptions options, Tensor x, Slots slots)
    {
        var layer = mixer.Layer;
        var (W_p, W_q, W_g) = (new Weight(layer, "scan.projection", 0, D), new Weight(layer, "query", 0, D), new Weight(layer, "gate", 0, D));
        var (W_k, W_v) = (new Weight(layer, "key_value", 0, D), new Weight(layer, "key_value", D, D));
        var recurrence = ScanMixers.Of(layer.Scan!);
        var hidden = Weight.Tokens(recurrence.Forward(x, SequenceContext.Dense));

        var (k, v, s) = (new List<double[]>(), new List<double[]>(), new List<double>());
        var y = new List<double>();
        slots.Clear();
        foreach (var (x_t, h_t) in Weight.Tokens(x).Zip(hidden))
        {
            k.Add(W_k.Of(x_t));
            v.Add(W_v.Of(x_t));
            s.Add(W_p.Of(x_t).Average(logit => 1 / (1 + Math.Exp(-logit))));
            var t = s.Count - 1;

            // strictly past tokens are read before they are written; a token that reads itself reads what is left with it
            int[] before = [.. slots.Held];
            slots.Offer(t, (float)s[t]);
            int[] read = options.ReadsItself ? [.. slots.Held.Append(t).Distinct()] : before;

            var q = W_q.Of(Normalised(h_t));
            var c = Read(q, read);
            y.AddRange(h_t.Zip(W_g.Of(h_t), (h, g) => (h, 1 / (1 + Math.Exp(-g)))).Zip(c, (each, c) => each.h + each.Item2 * c));
        }

        return tensor(y.ToArray()).view(1, s.Count, D);

        double[] Read(double[] q, int[] read)
        {
            var (c, width) = (new double[D], D / options.Heads);
            for (var from = 0; from < D && read.Length > 0; from += width)
            {
                var weights = read.Select(j => Math.Exp(
                    Enumerable.Range(from, width).Sum(d => q[d] * k[j][d]) / Math.Sqrt(width) + options.WriteWeight * Math.Log(s[j]))).ToArray();
                for (var d = from; d < from + width; d++)
                    c[d] = read.Zip(weights, (j, weight) => weight * v[j][d]).Sum() / weights.Sum();
            }

            return c;
        }
    }

    private static double[] Normalised(double[] h)
    {
        var mean = h.Average();
        var scale = Math.Sqrt(h.Average(each => (each - mean) * (each - mean)) + 1e-5);
        return [.. h.Select(each => (each - mean) / scale)];
    }

    private static void Same(Tensor expected, Tensor actual, string where) =>
        Assert.True(expected.allclose(actual, Tolerance, Tolerance), $"{where}: off by {(expected - actual).abs().max().ToDouble():g3}");

    /// <summary>K slots: a token of higher score than the smallest takes its place.</summary>
    private sealed class Slots(int K, double threshold = double.NegativeInfinity)
    {
        private readonly List<(int Token, float Score)> _held = [];

        public IEnumerable<int> Held => _held.Select(slot => slot.Token);

        public void Clear() => _held.Clear();

        public void Offer(int token, float score)
        {
            if (score <= threshold || K == 0)
                return;
            if (_held.Count == K)
            {
                // of equally small ones the latest is the one to go
                var smallest = _held.OrderBy(slot => slot.Score).ThenByDescending(slot => slot.Token).First();
                if (score <= smallest.Score)
                    return;
                _held.Remove(smallest);
            }

            _held.Add((token, score));
        }
    }
}
