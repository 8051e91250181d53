using Sequence.Kernels.Normalization;
using Sequence.Kernels.Registry;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Tests;

public class GatedNormTests : IDisposable
{
    private const double Epsilon = 1e-5;

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => _scope.Dispose();

    public static TheoryData<NormGate, bool, long, ScalarType> Cases
    {
        get
        {
            var cases = new TheoryData<NormGate, bool, long, ScalarType>();
            foreach (var gate in Enum.GetValues<NormGate>())
                foreach (var centred in (bool[])[false, true])
                    foreach (var width in (long[])[1, 5, 16, 48, 65])
                        foreach (var dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
                            cases.Add(gate, centred, width, dtype);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_fused_form_equals_the_plain_one_in_outputs_and_gradients(NormGate gate, bool centred, long width, ScalarType dtype)
    {
        var expected = Differentiate(GatedNorm.Plain, gate, centred, width, ScalarType.Float64, 1);
        foreach (var (e, a) in expected.Zip(Differentiate(FusedGatedNorm.Run, gate, centred, width, dtype, 1)))
            Tolerance.Same(e, a);
    }

    [Theory]
    [InlineData(NormGate.SiluBefore)]
    [InlineData(NormGate.SiluAfter)]
    [InlineData(NormGate.SigmoidAfter)]
    public void Gates_that_heads_share_are_spread_over_them(NormGate gate)
    {
        var (x, w, g) = (randn([3, 65, 2, 5], float64), randn([10], float64), randn([3, 65, 10], float64));
        var shared = randn([3, 65, 1, 5], float64);

        List<Tensor> Of(Form form)
        {
            var z = shared.clone().requires_grad_();
            var y = form(x, z, w, gate, false, Epsilon);
            return [y, .. autograd.grad([y], [z], [g])];
        }

        foreach (var (e, a) in Of(GatedNorm.Plain).Zip(Of(FusedGatedNorm.Run)))
            Tolerance.Same(e, a);
    }

    [Theory]
    [InlineData(KernelPreference.Reference)]
    [InlineData(KernelPreference.Fused)]
    public void Inputs_that_do_not_belong_together_are_refused(KernelPreference preference)
    {
        using var kernels = KernelScope.Prefer(preference);
        var (x, w) = (zeros(3, 65, 2, 5), zeros(10));
        foreach (var z in (long[][])[[2, 65, 2, 5], [3, 64, 2, 5], [3, 65, 3, 5], [3, 65, 2, 4], [3, 65, 10]])
            Assert.Throws<ArgumentException>(() => GatedNorm.Run(x, zeros(z), w, NormGate.SiluAfter, false, Epsilon));
        foreach (var weight in (long[][])[[9], [5], [1], [2, 5]])
            Assert.Throws<ArgumentException>(() => GatedNorm.Run(x, x, zeros(weight), NormGate.SiluAfter, false, Epsilon));
    }

    [Fact]
    public void The_fused_form_refuses_a_weight_of_another_element_type() =>
        Assert.Throws<KernelException>(() => FusedGatedNorm.Run(zeros(3, 65, 2, 5), zeros(3, 65, 2, 5), zeros(10, float64), NormGate.SiluAfter, false, Epsilon));

    [Fact]
    public void Squares_beyond_the_largest_number_do_not_overflow()
    {
        var expected = Differentiate(GatedNorm.Plain, NormGate.SiluBefore, false, 48, ScalarType.Float64, 1e22);
        var actual = Differentiate(FusedGatedNorm.Run, NormGate.SiluBefore, false, 48, ScalarType.Float32, 1e22);
        Tolerance.Same(expected[0], actual[0]);
        Assert.True(actual.All(each => each.isfinite().all().ToBoolean()));
    }

    [Fact]
    public void Two_threads_give_what_one_gives_bit_for_bit()
    {
        List<Tensor> On(int threads)
        {
            using var _ = new Threads(threads);
            return Differentiate(FusedGatedNorm.Run, NormGate.SiluAfter, true, 48, ScalarType.Float32, 1);
        }

        foreach (var (one, two) in On(1).Zip(On(2)))
            Assert.True(one.eq(two).all().ToBoolean(), "Threads change a result.");
    }

    private delegate Tensor Form(Tensor x, Tensor z, Tensor weight, NormGate gate, bool centred, double epsilon);

    /// <summary>y and the gradients to x, z and w; z is a part of a wider tensor.</summary>
    private static List<Tensor> Differentiate(Form form, NormGate gate, bool centred, long width, ScalarType dtype, double scale)
    {
        const long B = 3, T = 65, H = 2;
        var generator = new Generator(7);
        Tensor Draw(params long[] shape) => randn(shape, float64, generator: generator).to(dtype);
        var (x, z, w) = ((Draw(B, T, H, width) * scale).requires_grad_(), Draw(B, T, 2 * H * width).requires_grad_(), Draw(H * width).requires_grad_());
        var y = form(x, z.narrow(2, H * width, H * width).unflatten(2, H, width), w, gate, centred, Epsilon);
        return [y, .. autograd.grad([y], [x, z, w], [Draw(B, T, H * width)])];
    }
}
