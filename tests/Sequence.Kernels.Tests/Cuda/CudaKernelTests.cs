using Sequence.Kernels.Attention;
using Sequence.Kernels.Chunks;
using Sequence.Kernels.Losses;
using Sequence.Kernels.Normalization;
using Sequence.Kernels.Registry;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Tests.Cuda;

/// <summary>On a GPU, an emulated one too, every operation gives the outputs and gradients that it gives on the CPU, in the form that is preferred there and in tensor operations.</summary>
public sealed class CudaKernelTests
{
    private delegate Tensor[] Operation(Tensor[] inputs);

    // inputs in float64, and what is done with them
    private static readonly Dictionary<string, (Func<long, Tensor[]> Inputs, Operation Run)> _operations = new()
    {
        ["diagonal-scan"] = (T => [Decays(2, T, 70), Random(2, T, 70), Random(2, 70)], x => [DiagonalScan.Run(x[0], x[1], x[2])]),
        ["diagonal-scan of shared decays"] = (T => [Decays(1, 1, 70), Random(2, T, 70), Random(2, 70)], x => [DiagonalScan.Run(x[0], x[1], x[2])]),
        ["gated-diagonal-scan"] = (T => [Random(2, T, 140), Random(2, 70)], x => DiagonalScan.Kernel.Fuses(x[0])
            ? Of(FusedGatedDiagonalScan.Run(x[0], x[1], isPositive: true))
            : Of(GatedDiagonalScan.Fold(x[0], x[1], isPositive: true))),
        ["complex-diagonal-scan"] = (T => [0.5 * Random(2, T, 70), 0.5 * Random(2, T, 70), Random(2, T, 70), Random(2, T, 70), Random(2, 70), Random(2, 70)],
            x => Of(ComplexDiagonalScan.Run(new(x[0], x[1]), new(x[2], x[3]), new(x[4], x[5])))),
        ["rotation-scan"] = (T => [Random(2, T, 280), Random(2, 70), Random(2, 70)], x => Of((ComplexDiagonalScan.Kernel.Fuses(x[0])
            ? FusedRotationScan.Run(x[0], new(x[1], x[2]))
            : RotationScan.Fold(x[0], new(x[1], x[2]))).H)),
        ["selective-scan"] = (T => [Random(2, T, 70).exp(), -Random(16, 70).exp(), Random(2, T, 70), Random(2, T, 16), Random(2, T, 16), Random(2, 16, 70)],
            x => Of(SelectiveScan.Kernel.Fuses(x[0]) ? FusedSelectiveScan.Run(x[0], x[1], x[2], x[3], x[4], x[5]) : SelectiveScan.Fold(x[0], x[1], x[2], x[3], x[4], x[5]))),
        ["gated-selective-scan"] = (T =>
            [Random(2, T, 70), Random(70), -Random(16, 70).exp(), Random(2, T, 70), Random(2, T, 70), Random(2, T, 16), Random(2, T, 16), Random(70), Random(2, 16, 70)],
            x =>
            {
                var inputs = new GatedSelectiveInputs(x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7]);
                return Of(SelectiveScan.Kernel.Fuses(x[0]) ? FusedGatedSelectiveScan.Run(inputs, x[8]) : GatedSelectiveScan.Fold(inputs, x[8]));
            }),
        ["short-convolution"] = (T => [Random(2, T, 70), Random(2, 3, 70), Random(4, 70), Random(70)], x => [CausalConvolution.Run(x[0], x[1], x[2], x[3], silu: true)]),
        ["outer-product-scan"] = (T => [Random(2, T, 3, 16), Random(2, T, 3, 16), Random(2, T, 3, 24), Random(2, 3, 16, 24)], x => Of(OuterProductScan.Run(x[0], x[1], x[2], null, x[3]))),
        ["outer-product-scan of heads"] = (T => [Random(2, T, 3, 16), Random(2, T, 3, 16), Random(2, T, 3, 24), Decays(2, T, 3, 1)], x => Of(OuterProductScan.Run(x[0], x[1], x[2], x[3]))),
        ["outer-product-scan of channels"] = (T => [Random(2, T, 3, 16), Random(2, T, 3, 16), Random(2, T, 3, 24), Decays(2, T, 3, 16)], x => Of(OuterProductScan.Run(x[0], x[1], x[2], x[3]))),
        ["chunk-states"] = (T => [Random(2, Chunks(T), 3, 5, 70), Decays(2, Chunks(T), 3, 5, 1), Random(2, 3, 5, 70)], x => Of(ChunkStates.Run(x[0], x[1], x[2]))),
        ["decayed-scores"] = (T => [Random(2, Chunks(T), 1, 64, 64), Decays(2, Chunks(T), 3, 64, 1).cumsum(-2)],
            x => [DecayedScores.Run(x[0], x[1], -x[1], new(new(64 * x[0].shape[1], 64), null, x[0].device))]),
        ["delta-states"] = (T =>
            [Random(2, Chunks(T), 3, 64, 40), Random(2, Chunks(T), 3, 64, 16) / 32, Random(2, Chunks(T), 3, 64, 16) / 32, Random(2, Chunks(T), 3, 1, 1).sigmoid(), Random(2, 3, 16, 40)],
            x => Of(DeltaStates.Run(x[0], x[1], x[2], x[3], x[4]))),
        ["log-scaled-scan"] = (T => [Random(2, T, 3, 16), Random(2, T, 3, 16), Random(2, T, 3, 24), Decays(2, T, 3, 1), Random(2, T, 3, 1)], x => [LogScaledScan.Run(x[0], x[1], x[2], x[3], x[4]).Y]),
        ["delta-rule-scan"] = (T => [Random(2, T, 3, 16) / 4, nn.functional.normalize(Random(2, T, 3, 16), dim: -1), Random(2, T, 3, 24), Random(2, T, 3, 1).sigmoid(), Decays(2, T, 3, 1)],
            x => Of(DeltaRuleScan.Run(x[0], x[1], x[2], x[3], x[4]))),
        ["outer-product-step"] = (H => [Random(2, 1, H, 16), Random(2, 1, H, 16), Random(2, 1, H, 24), Decays(2, 1, H, 16), Random(2, H, 16, 24)],
            x => [.. WithoutGradients(() => Of(OuterProductScan.Run(x[0], x[1], x[2], x[3], x[4]))), .. x]),
        ["log-scaled-step"] = (H => [Random(2, 1, H, 16), Random(2, 1, H, 16), Random(2, 1, H, 24), Decays(2, 1, H, 1), Random(2, 1, H, 1), Random(2, H, 1, 1), Random(2, H, 16, 24)],
            x => [.. WithoutGradients(() => Of(LogScaledScan.Run(x[0], x[1], x[2], x[3], x[4], new LogScaled(x[5], x[6])))), .. x]),
        ["delta-rule-step"] = (H =>
            [Random(2, 1, H, 16), nn.functional.normalize(Random(2, 1, H, 16), dim: -1), Random(2, 1, H, 24), Random(2, 1, H, 1).sigmoid(), Decays(2, 1, H, 1), Random(2, H, 16, 24)],
            x => [.. WithoutGradients(() => Of(DeltaRuleScan.Run(x[0], x[1], x[2], x[3], x[4], x[5]))), .. x]),
        ["cross-entropy"] = (N => [5 * Random(N, 65)], x => [CrossEntropy.Run(x[0], Classes(x[0], 65), nn.Reduction.Mean, ignored: 0)]),
        ["cross-entropy of many classes"] = (N => [5 * Random(N, 3001)], x => [CrossEntropy.Run(x[0], Classes(x[0], 3001), nn.Reduction.Sum, ignored: 0)]),
        ["linear-cross-entropy"] = (N => [Random(N, 33), Random(100, 33)], x => [LinearCrossEntropy.Run(x[0], x[1], Classes(x[0], 100), nn.Reduction.Mean, ignored: 0)]),
        ["causal attention"] = (T => [Random(2, 4, T, 16), Random(2, 2, T, 16), Random(2, 2, T, 24)], x => [SoftmaxAttention.Run(x[0], x[1], x[2], KeySpans.Causal())]),
        ["attention to all keys"] = (T => [Random(2, 2, T, 16), Random(2, 2, 70, 16), Random(2, 2, 70, 24)], x => [SoftmaxAttention.Run(x[0], x[1], x[2], KeySpans.All)]),
        ["attention to a window"] = (T => [Random(2, 2, T, 16), Random(2, 2, T, 16), Random(2, 2, T, 24)],
            x => [SoftmaxAttention.Run(x[0], x[1], x[2], Window(x[0].shape[2], x[0].device))]),
        ["gated-norm"] = (T => [Random(2, T, 3, 24), Random(2, T, 3, 24), Random(72)], x => [GatedNorm.Run(x[0], x[1], x[2], NormGate.SiluAfter, centred: false, 1e-6)]),
    };

    public static TheoryData<string, long, KernelPreference, ScalarType> Cases
    {
        get
        {
            var cases = new TheoryData<string, long, KernelPreference, ScalarType>();
            foreach (var operation in _operations.Keys)
            {
                foreach (var T in Lengths)
                {
                    foreach (var kernels in (KernelPreference[])[KernelPreference.Auto, KernelPreference.Reference])
                    {
                        foreach (var dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
                            cases.Add(operation, T, kernels, dtype);
                    }
                }
            }

            return cases;
        }
    }

    // an emulated one runs all others on tensors of the CPU
    private static long[] Lengths => EmulatedGpu.Missing is null ? [1, 65] : [1, 63, 64, 65, 100, 3000];

    public static TheoryData<string> Operations => [.. _operations.Keys];

    [Theory]
    [MemberData(nameof(Operations))]
    public void An_emulated_gpu_gives_what_the_cpu_gives(string operation)
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var inputs = _operations[operation].Inputs(150);

        var expected = Differentiate(operation, inputs, CPU, KernelPreference.Auto, ScalarType.Float64);
        using var gpu = CudaEmulator.Start();
        var actual = Differentiate(operation, inputs, CPU, KernelPreference.Auto, ScalarType.Float32);

        foreach (var (e, a) in expected.Zip(actual))
            Tolerance.Same(e, a);
    }

    [CudaTheory]
    [Trait("Device", "cuda")]
    [MemberData(nameof(Cases))]
    public void A_gpu_gives_what_the_cpu_gives(string operation, long T, KernelPreference kernels, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        manual_seed(T);
        var inputs = _operations[operation].Inputs(T);

        var expected = Differentiate(operation, inputs, CPU, KernelPreference.Auto, ScalarType.Float64);
        var actual = Differentiate(operation, inputs, CUDA, kernels, dtype);

        Assert.Equal(expected.Count, actual.Count);
        foreach (var (e, a) in expected.Zip(actual))
            Tolerance.Same(e, a.cpu());
    }

    [CudaTheory]
    [Trait("Device", "cuda")]
    [InlineData("diagonal-scan", 5000)]
    [InlineData("gated-diagonal-scan", 5000)]
    [InlineData("complex-diagonal-scan", 5000)]
    [InlineData("rotation-scan", 5000)]
    [InlineData("selective-scan", 5000)]
    [InlineData("gated-selective-scan", 5000)]
    [InlineData("short-convolution", 5000)]
    [InlineData("chunk-states", 5000)]
    [InlineData("decayed-scores", 5000)]
    [InlineData("delta-states", 5000)]
    [InlineData("outer-product-step", 300)]
    [InlineData("log-scaled-step", 300)]
    [InlineData("delta-rule-step", 300)]
    [InlineData("cross-entropy of many classes", 300)]
    [InlineData("gated-norm", 5000)]
    public void Fused_forms_give_the_same_bits_at_every_run(string operation, long length)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var inputs = _operations[operation].Inputs(length);

        var first = Differentiate(operation, inputs, CUDA, KernelPreference.Fused, ScalarType.Float32);
        for (var run = 0; run < 5; run++)
        {
            foreach (var (once, again) in first.Zip(Differentiate(operation, inputs, CUDA, KernelPreference.Fused, ScalarType.Float32)))
                Assert.True(once.eq(again).all().ToBoolean(), $"{operation} differs from one run to the next.");
        }
    }

    [CudaTheory]
    [Trait("Device", "cuda")]
    [InlineData("diagonal-scan")]
    [InlineData("gated-diagonal-scan")]
    [InlineData("complex-diagonal-scan")]
    [InlineData("rotation-scan")]
    [InlineData("selective-scan")]
    [InlineData("gated-selective-scan")]
    [InlineData("short-convolution")]
    [InlineData("outer-product-step")]
    [InlineData("delta-rule-step")]
    [InlineData("cross-entropy")]
    public void BFloat16_on_a_gpu_is_that_of_the_cpu_up_to_its_rounding(string operation)
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        Tensor[] rounded = [.. _operations[operation].Inputs(100).Select(each => each.to(bfloat16).to(float64))];

        var expected = Differentiate(operation, rounded, CPU, KernelPreference.Fused, ScalarType.BFloat16);
        var actual = Differentiate(operation, rounded, CUDA, KernelPreference.Fused, ScalarType.BFloat16);

        foreach (var (e, a) in expected.Zip(actual))
            Tolerance.Same(e, a.cpu());
    }

    [CudaFact]
    [Trait("Device", "cuda")]
    public void The_loss_of_a_language_model_rounds_its_products_where_others_do_and_is_as_exact()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        Tensor[] inputs = [randn([1000, 16], device: CUDA), randn([3001, 16], device: CUDA)];

        Tensor[] Of(KernelPreference preference, ScalarType dtype, IDisposable? products)
        {
            using var kernels = KernelScope.Prefer(preference);
            Tensor[] x = [.. inputs.Select(each => each.to(dtype, copy: true).requires_grad_())];
            Tensor loss;
            using (products)
                loss = LinearCrossEntropy.Run(x[0], x[1], Classes(x[0], 3001), nn.Reduction.Mean);
            loss.backward();
            return [loss, x[0].grad!, x[1].grad!];
        }

        var exact = Of(KernelPreference.Reference, ScalarType.Float64, null);
        var reference = Of(KernelPreference.Reference, ScalarType.Float32, MixedPrecision.Products(DeviceType.CUDA));
        var fused = Of(KernelPreference.Fused, ScalarType.Float32, MixedPrecision.Products(DeviceType.CUDA));

        double Off(Tensor expected, Tensor actual) => ((expected - actual).norm() / expected.norm()).ToDouble();
        foreach (var (e, r, f) in exact.Zip(reference, fused))
        {
            Assert.Equal(float32, f.dtype);
            Assert.InRange(Off(e, f), 0, Math.Max(Tolerance.BFloat16, 1.1 * Off(e, r)));
        }

        // they are rounded
        Assert.InRange(Off(exact[1], fused[1]), 100 * Tolerance.Float32, 1);
    }

    [CudaTheory]
    [Trait("Device", "cuda")]
    [InlineData(ScalarType.BFloat16, ScalarType.BFloat16)]
    [InlineData(ScalarType.BFloat16, ScalarType.Float32)]
    [InlineData(ScalarType.Float32, ScalarType.Float32)]
    public void A_gated_norm_takes_bfloat16_which_has_no_form_on_the_cpu(ScalarType z, ScalarType weight)
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        Tensor[] inputs = [Random(2, 65, 3, 24).bfloat16(), Random(2, 65, 3, 24).to(z), Random(72).to(weight)];

        Tensor[] Of(Func<Tensor, Tensor, Tensor, Tensor> norm, Func<Tensor, Tensor> put)
        {
            Tensor[] x = [.. inputs.Select(each => put(each).requires_grad_())];
            var y = norm(x[0], x[1], x[2]);
            (y * y).sum().backward();
            return [y, .. x.Select(each => each.grad!)];
        }

        var expected = Of((x, z, w) => GatedNorm.Plain(x, z, w, NormGate.SiluAfter, true, 1e-5), each => each.to(float64));
        var actual = Of((x, z, w) => FusedGatedNorm.Run(x, z, w, NormGate.SiluAfter, true, 1e-5), each => each.to(CUDA, copy: true));

        Assert.Equal([weight, ScalarType.BFloat16, z, weight], actual.Select(each => each.dtype));
        foreach (var (e, a) in expected.Zip(actual))
            Tolerance.Same(e, a.bfloat16().cpu());
    }

    private static List<Tensor> Differentiate(string operation, Tensor[] inputs, Device device, KernelPreference kernels, ScalarType dtype)
    {
        using var preferred = KernelScope.Prefer(kernels);
        Tensor[] x = [.. inputs.Select(each => each.to(dtype, copy: true).to(device).requires_grad_())];
        var results = _operations[operation].Run(x);
        var weight = new Generator(11);
        var loss = results.Select(each => (each.to(float64) * randn(each.shape, float64, generator: weight).to(device)).sum()).Aggregate((sum, next) => sum + next);
        loss.backward();
        return [.. results, .. x.Select(each => each.grad ?? zeros_like(each))];
    }

    private static Tensor[] Of((Tensor, Tensor, Tensor) results) => [results.Item1, results.Item2, results.Item3];

    private static Tensor[] Of((Tensor, Tensor) results) => [results.Item1, results.Item2];

    // scales are as exact as the gates that they are made of
    private static Tensor[] Of((Tensor Y, Tensor Scales, LogScaled Last) results) =>
        [results.Y, results.Scales.to(results.Y.dtype), results.Last.Log.to(results.Y.dtype), results.Last.Values];

    private static Tensor[] WithoutGradients(Func<Tensor[]> operation)
    {
        using var constant = no_grad();
        return operation();
    }

    // of every row another one
    private static Tensor Classes(Tensor rows, long classes) => (7 * arange(rows.shape[0], int64, rows.device) + 1) % classes;

    private static Tensor[] Of(ComplexTensor result) => [result.Re, result.Im];

    // the last 20 tokens and itself
    private static KeySpans Window(long T, Device device)
    {
        var slots = arange(T, device: device).unsqueeze(0);
        return KeySpans.Of(slots, slots.clamp_max(20));
    }

    private static long Chunks(long T) => 1 + T / 64;

    private static Tensor Random(params long[] shape) => randn(shape, float64);

    private static Tensor Decays(params long[] shape) => -randn(shape, float64).exp();
}
