#if TORCH_SYSTEM
using Sequence.Framework.Conformance;
using Sequence.Framework.Models;
using Sequence.Kernels.Registry;
using Sequence.Mixers;
using Sequence.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Conformance.Tests;

/// <summary>Products in bfloat16: every mixer trains by what float32 would have told it, up to rounding, and keeps float32 where it is promised.</summary>
public sealed class PrecisionTests : IDisposable
{
    private const int Vocabulary = 17;
    private const int Width = 64;

    /// <summary>bfloat16 rounds to 2^-8; a stack of two blocks and their backward multiply that.</summary>
    private const double Loss = 0.02;
    private const double Gradients = 0.15;

    /// <summary>Where a sum of weights of either sign is normalised, any rounding turns it near its zeros.</summary>
    private const double GradientsNearZeros = 0.6;

    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<string> Mixers => [.. Installed.Names<SequenceMixer>()];

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Mixers))]
    public void Losses_and_gradients_in_bfloat16_are_near_those_in_float32(string mixer)
    {
        foreach (var kernels in (KernelPreference[])[KernelPreference.Auto, KernelPreference.Reference])
        {
            using var preferred = KernelScope.Prefer(kernels);
            using var model = Build(mixer);
            foreach (var length in (long[])[1, 65])
                Agree(model, length, mixer.Contains("identity", StringComparison.Ordinal) ? GradientsNearZeros : Gradients, $"{kernels}, {length} tokens");
        }
    }

    private static void Agree(SequenceModel model, long length, double tolerance, string where)
    {
        var (exactLoss, exact) = Gradient(model, length, Precision.Float32);
        var (loss, rounded) = Gradient(model, length, Precision.Bfloat16);
        Assert.Equal(exactLoss, loss, Loss * Math.Abs(exactLoss));
        Assert.NotEqual(0, exact.norm().ToDouble());
        var apart = (rounded - exact).norm().ToDouble() / exact.norm().ToDouble();
        Assert.True(apart < tolerance, $"{where}: gradients are {apart:G3} of their norm apart.");
    }

    /// <summary>The loss of one pass, and the gradients of all parameters, one behind the other.</summary>
    private static (double Loss, Tensor Gradients) Gradient(SequenceModel model, long length, Precision precision)
    {
        model.Precision = precision;
        model.zero_grad();
        var generator = new Generator(5);
        var tokens = randint(Vocabulary, [2, length], ScalarType.Int64, generator: generator);
        var targets = randint(Vocabulary, [2, length], ScalarType.Int64, generator: generator);
        generator.Dispose();
        var loss = model.Loss(tokens, SequenceContext.Dense, targets, nn.Reduction.Mean);
        Assert.Equal(ScalarType.Float32, loss.dtype);
        loss.backward();
        var gradients = model.parameters().Select(parameter => parameter.grad is { } gradient ? gradient : zeros_like(parameter)).ToList();
        Assert.All(gradients, gradient => Assert.Equal(ScalarType.Float32, gradient.dtype));
        var all = cat([.. gradients.Select(gradient => gradient.flatten())]).clone();
        Assert.True(all.isfinite().all().item<bool>());
        return (loss.item<float>(), all);
    }

    [Fact]
    public void Logits_are_in_float32_and_the_thread_is_left_as_it_was()
    {
        using var model = Build("\"attention\"");
        model.Precision = Precision.Bfloat16;
        using var gradients = no_grad();
        var logits = model.Forward(zeros(1, 5, ScalarType.Int64), SequenceContext.Dense);
        Assert.Equal(ScalarType.Float32, logits.dtype);
        var x = randn(3, 3);
        Assert.Equal(ScalarType.Float32, x.matmul(x).dtype);
    }

    private static SequenceModel Build(string mixer)
    {
        manual_seed(3);
        var json = $$"""{ "dModel": {{Width}}, "norm": "rms", "blocks": [{ "repeat": 2, "mixer": {{mixer}}, "channelMixer": "swiglu" }] }""";
        var options = LanguageModels.Written(json, file => Installed.Host.Load<ModelOptions>(file, []));
        return new SequenceModel(options, new ModelInterface(Vocabulary, Vocabulary, TargetKind.Token));
    }
}
#endif
