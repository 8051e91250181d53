using Sequence.Framework.Conformance;
using Sequence.Kernels.Affine;
using Sequence.Framework.Training;
using Sequence.Scans;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Framework.Scans;

/// <summary>Every schedule of an associative operator computes the fold, in values and gradients.</summary>
[Collection(TensorTests.Name)]
public sealed class AssociativeScanTests : IDisposable
{
    private const double Exactly = Tolerances.Float64;

    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<ScanSchedule, long> Cases
    {
        get
        {
            var cases = new TheoryData<ScanSchedule, long>();
            foreach (var schedule in Enum.GetValues<ScanSchedule>())
                foreach (var length in (long[])[1, 2, 3, 63, 64, 65, 100])
                    cases.Add(schedule, length);
            return cases;
        }
    }

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Prefixes_of_matrices_are_their_products(ScanSchedule schedule, long N)
    {
        var nodes = Matrices(2, N, 3).requires_grad_();
        var prefix = eye(3, dtype: float64).expand(2, 3, 3);
        var expected = new List<Tensor>();
        for (var i = 0L; i < N; i++)
            expected.Add(prefix = nodes.select(1, i).matmul(prefix));
        var meaning = stack(expected, 1);

        var scanned = nodes.detach().clone().requires_grad_();
        var prefixes = Inclusive(schedule, new(scanned)).Values;

        Same(meaning, prefixes, Exactly);
        var weight = randn_like(meaning);
        (meaning * weight).sum().backward();
        (prefixes * weight).sum().backward();
        Same(nodes.grad!, scanned.grad!, Exactly);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void In_float32_they_stay_near_the_fold_in_float64(ScanSchedule schedule, long N)
    {
        var nodes = Matrices(2, N, 3);
        var meaning = SequentialFold.Inclusive(new MatrixProduct(), new TensorState(nodes)).Values;
        Same(meaning, Inclusive(schedule, new(nodes.to(float32))).Values.to(float64), Tolerances.Scan);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_recurrence_with_matrix_valued_transitions_is_its_loop(ScanSchedule schedule, long T)
    {
        // the delta rule, S_t = (I - beta k k^T) S_(t-1) + beta k v^T, in two heads
        manual_seed(T);
        var k = Unit(randn(2, T, 2, 4, float64)).requires_grad_();
        var v = randn(2, T, 2, 3, float64);
        var before = randn([2, 1, 2, 4, 3], float64).requires_grad_();

        var S = before.select(1, 0);
        var loop = new List<Tensor>();
        for (var t = 0L; t < T; t++)
        {
            var (k_t, v_t) = (k.select(1, t).unsqueeze(-1), v.select(1, t).unsqueeze(-2));
            loop.Add(S = S - 0.5 * k_t.matmul(k_t.transpose(-1, -2).matmul(S)) + 0.5 * k_t.matmul(v_t));
        }

        var meaning = stack(loop, 1);
        var (k2, before2) = (k.detach().clone().requires_grad_(), before.detach().clone().requires_grad_());
        var column = k2.unsqueeze(-1);
        var elements = new AffineElement<MatrixTransition, TensorState>(
            new(eye(4, dtype: float64) - 0.5 * column.matmul(column.transpose(-1, -2))), new(0.5 * column.matmul(v.unsqueeze(-2))));
        var states = AffineScan.States(elements, new TensorState(before2), schedule).Values;

        Same(meaning, states, Exactly);
        var weight = randn_like(meaning);
        (meaning * weight).sum().backward();
        (states * weight).sum().backward();
        Same(k.grad!, k2.grad!, Exactly);
        Same(before.grad!, before2.grad!, Exactly);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_recurrence_goes_on_from_where_another_stopped(ScanSchedule schedule, long T)
    {
        manual_seed(T);
        var elements = new AffineElement<Decay, TensorState>(new(-rand(2, T, 3, float64)), new(randn(2, T, 3, float64)));
        var start = new TensorState(randn(2, 1, 3, float64));
        var whole = AffineScan.States(elements, start, schedule).Values;
        var split = T / 2;
        if (split == 0)
            return;

        var first = AffineScan.States(elements.Slice(0, split), start, schedule);
        var second = AffineScan.States(elements.Slice(split, T), first.Slice(split - 1, split), schedule);
        Same(whole, cat(new[] { first.Values, second.Values }, 1), Exactly);
    }

    [Fact]
    public void The_identity_of_affine_steps_changes_nothing()
    {
        var product = new AffineOperator<MatrixTransition, TensorState>();
        var step = new AffineElement<MatrixTransition, TensorState>(new(Matrices(2, 5, 3)), new(randn(2, 5, 3, 2, float64)));
        foreach (var same in (AffineElement<MatrixTransition, TensorState>[])[product.Aggregate(product.Identity(step), step), product.Aggregate(step, product.Identity(step))])
        {
            Same(step.Transition.Matrices, same.Transition.Matrices, Exactly);
            Same(step.Input.Values, same.Input.Values, Exactly);
        }
    }

    private static TensorState Inclusive(ScanSchedule schedule, TensorState nodes) => schedule switch
    {
        ScanSchedule.Fold => SequentialFold.Inclusive(new MatrixProduct(), nodes),
        ScanSchedule.Tree => InclusiveScan.Inclusive(new MatrixProduct(), nodes),
        ScanSchedule.Level => LevelScan.WithLevels(new MatrixProduct(), nodes).Prefixes.Slice(1, nodes.Nodes() + 1),
        ScanSchedule.Counter => BinaryCounter.Inclusive(new MatrixProduct(), nodes),
        _ => ChunkedScan.Inclusive(new MatrixProduct(), nodes, chunkSize: schedule == ScanSchedule.Auto ? 7 : ChunkedScan.ChunkSize),
    };

    private static Tensor Unit(Tensor vectors) => vectors / vectors.norm(-1, keepdim: true);

    /// <summary>Rotations, so that long products neither grow nor vanish.</summary>
    private static Tensor Matrices(long B, long N, long size)
    {
        manual_seed(N);
        var skew = randn(B, N, size, size, float64);
        return (skew - skew.transpose(-1, -2)).matrix_exp();
    }

    private static void Same(Tensor expected, Tensor actual, double relative)
    {
        Assert.Equal(expected.shape, actual.shape);
        var off = (expected - actual).abs().max().ToDouble() / Math.Max(1e-12, expected.abs().max().ToDouble());
        Assert.True(off <= relative, $"Off by {off:g3} of the largest; {relative:g3} allowed.");
    }
}
