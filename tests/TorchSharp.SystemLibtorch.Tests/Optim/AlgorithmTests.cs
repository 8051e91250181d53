using TorchSharp.Modules;
using TorchSharp.Tests.NN;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Optim;

/// <summary>Twenty steps on quadratics, each element against the same arithmetic of single numbers.</summary>
public sealed class AlgorithmTests
{
    private const int Steps = 20;
    private const ScalarType Double = ScalarType.Float64;

    public static TheoryData<double, bool, bool> AdamCases => new() { { 0, false, false }, { 0.1, false, false }, { 0.1, true, false }, { 0.01, true, true } };

    [Theory]
    [MemberData(nameof(AdamCases))]
    public void AdamW_decays_beside_the_moments(double decay, bool amsgrad, bool maximize) => Follows(
        p => optim.AdamW(p, 0.02, 0.8, 0.95, 1e-6, decay, amsgrad, maximize),
        () => References.Adam(0.02, 0.8, 0.95, 1e-6, decay, decoupled: true, amsgrad, maximize));

    [Theory]
    [MemberData(nameof(AdamCases))]
    public void Adam_decays_through_the_gradient(double decay, bool amsgrad, bool maximize) => Follows(
        p => optim.Adam(p, 0.02, 0.8, 0.95, 1e-6, decay, amsgrad, maximize),
        () => References.Adam(0.02, 0.8, 0.95, 1e-6, decay, decoupled: false, amsgrad, maximize));

    [Theory]
    [InlineData(0, 0, 0, false, false)]
#if TORCH_SYSTEM // the real library decays the wrong way when it maximises
    [InlineData(0, 0, 0.1, false, true)]
#endif
    [InlineData(0.9, 0.2, 0.1, false, false)]
    [InlineData(0.9, 0, 0.1, true, false)]
    public void SGD_accumulates_momentum(double momentum, double dampening, double decay, bool nesterov, bool maximize) => Follows(
        p => optim.SGD(p, 0.05, momentum, dampening, decay, nesterov, maximize),
        () => References.Sgd(0.05, momentum, dampening, decay, nesterov, maximize));

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0.1, 0.1, 0.5)]
    public void Adagrad_divides_by_the_root_of_the_sum(double slowing, double decay, double initial) => Follows(
        p => optim.Adagrad(p, 0.1, slowing, decay, initial, 1e-8),
        () => References.Adagrad(0.1, slowing, decay, initial, 1e-8));

    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(0.1, 0.9, false)]
    [InlineData(0.1, 0.9, true)]
    public void RMSProp_divides_by_the_root_of_the_mean(double decay, double momentum, bool centered) => Follows(
        p => optim.RMSProp(p, 0.01, 0.9, 1e-6, decay, momentum, centered),
        () => References.RmsProp(0.01, 0.9, 1e-6, decay, momentum, centered));

    [Fact]
    public void Groups_have_their_own_options()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (Start(3, 1), Start(2, 2));
        using var optimizer = optim.AdamW(
        [
            new AdamW.ParamGroup([a], lr: 0.1, weight_decay: 0.2),
            new AdamW.ParamGroup([b], lr: 0.01, beta1: 0.5),
        ]);
        var (expectedA, expectedB) = (Numbers.Of(a), Numbers.Of(b));
        var updatesA = expectedA.Select(_ => References.Adam(0.1, 0.9, 0.999, 1e-8, 0.2, true, false, false)).ToArray();
        var updatesB = expectedB.Select(_ => References.Adam(0.01, 0.5, 0.999, 1e-8, 0, true, false, false)).ToArray();
        for (var t = 1; t <= Steps; t++)
        {
            optimizer.zero_grad();
            (a.square().sum() + b.square().sum()).backward();
            optimizer.step();
            expectedA = [.. expectedA.Zip(updatesA, (p, update) => update(p, 2 * p, t))];
            expectedB = [.. expectedB.Zip(updatesB, (p, update) => update(p, 2 * p, t))];
        }
        Numbers.Near(expectedA, a, Numbers.DoubleTolerance);
        Numbers.Near(expectedB, b, Numbers.DoubleTolerance);
    }

    [Fact]
    public void A_parameter_without_a_gradient_is_left_alone_and_counts_its_own_steps()
    {
        using var scope = NewDisposeScope();
        var (always, late) = (Start(3, 1), Start(2, 2));
        using var optimizer = optim.AdamW(new[] { always, late }, 0.1, weight_decay: 0.5);
        var before = Numbers.Of(late);
        always.sum().backward();
        optimizer.step();
        Numbers.Near(before, late, 0);

        (always.sum() + late.sum()).backward();
        optimizer.step();
        var states = optimizer.state_dict().State.Cast<AdamW.State>().ToArray();
        Assert.Equal([2, 1], states.Select(state => state.step));
        Numbers.Near([.. before.Select(p => References.Adam(0.1, 0.9, 0.999, 1e-8, 0.5, true, false, false)(p, 1, 1))], late, Numbers.DoubleTolerance);
    }

    [Fact]
    public void Element_types_may_be_mixed()
    {
        using var scope = NewDisposeScope();
        var (narrow, wide) = (new Parameter(ones(3)), new Parameter(ones(3, dtype: Double)));
        using var optimizer = optim.AdamW(new[] { narrow, wide }, 0.1, weight_decay: 0.1);
        for (var t = 0; t < 5; t++)
        {
            optimizer.zero_grad();
            (narrow.square().sum() + wide.square().sum()).backward();
            optimizer.step();
        }
        Numbers.Near(Numbers.Of(wide), narrow, Numbers.SingleTolerance);
    }

    [Fact]
    public void Step_returns_the_loss_of_its_closure()
    {
        using var scope = NewDisposeScope();
        var p = Start(2, 3);
        using var optimizer = optim.SGD(new[] { p }, 0.1);
        var expected = Numbers.Of(p).Sum(value => value * value);
        var loss = optimizer.step(() =>
        {
            var value = p.square().sum();
            value.backward();
            return value;
        });
        Numbers.Near([expected], loss!, Numbers.DoubleTolerance);
    }

    [Fact]
    public void Zeroed_gradients_are_zero_and_not_gone()
    {
        using var scope = NewDisposeScope();
        var p = Start(2, 3);
        using var optimizer = optim.SGD(new[] { p }, 0.1);
        p.sum().backward();
        optimizer.zero_grad();
        Numbers.Near([0, 0], p.grad!, 0);
    }

#if TORCH_SYSTEM
    [Fact]
    public void A_parameter_given_twice_is_refused()
    {
        using var scope = NewDisposeScope();
        var p = Start(1, 1);
        Assert.Throws<ArgumentException>(() => optim.AdamW(new[] { p, p }));
        using var optimizer = optim.AdamW(new[] { p });
        Assert.Throws<ArgumentException>(() => optimizer.add_param_group(new AdamW.ParamGroup([p])));
    }

    [Fact]
    public void Complex_parameters_follow_their_real_and_imaginary_parts()
    {
        using var scope = NewDisposeScope();
        var pairs = new Parameter(ones(3, 2, dtype: Double));
        var complex = new Parameter(view_as_complex(ones(3, 2, dtype: Double)).clone());
        using var optimizer = optim.AdamW(new[] { pairs, complex }, 0.1, weight_decay: 0.1);
        for (var t = 0; t < 5; t++)
        {
            optimizer.zero_grad();
            (pairs.pow(2).sum() + view_as_real(complex).pow(2).sum()).backward();
            optimizer.step();
        }
        Numbers.Near(Numbers.Of(pairs), view_as_real(complex.detach()), 0);
    }
#endif

    private static Parameter Start(int count, int seed) => new(Numbers.Tensor(Numbers.Spread(count, seed), count));

    private static void Follows(Func<IEnumerable<Parameter>, torch.optim.Optimizer> make, Func<References.Update> reference)
    {
        using var scope = NewDisposeScope();
        Parameter[] parameters = [Start(7, 11), Start(1, 12), Start(5, 13)];
        double[] curvature = [1, 30, 0.1];
        var expected = parameters.Select(parameter => Numbers.Of(parameter)).ToArray();
        var updates = expected.Select(values => values.Select(_ => reference()).ToArray()).ToArray();
        using var optimizer = make(parameters);
        for (var t = 1; t <= Steps; t++)
        {
            optimizer.zero_grad();
            for (var k = 0; k < parameters.Length; k++)
                (parameters[k].square().sum() * (curvature[k] / 2)).backward();
            optimizer.step();
            for (var k = 0; k < parameters.Length; k++)
                expected[k] = [.. expected[k].Zip(updates[k], (p, update) => update(p, curvature[k] * p, t))];
        }
        for (var k = 0; k < parameters.Length; k++)
            Numbers.Near(expected[k], parameters[k], 1e-9);
    }
}
