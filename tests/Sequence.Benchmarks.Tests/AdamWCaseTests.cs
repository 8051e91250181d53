using Sequence.Benchmarks.Measuring;
using Sequence.Benchmarks.Questions;
using Sequence.Kernels.Optim;
using static TorchSharp.torch;

namespace Sequence.Benchmarks.Tests;

public sealed class AdamWCaseTests
{
    private static readonly AdamWRates Rates = new(1e-3, 0.9, 0.98);

    public static TheoryData<double, double, double, double> OtherRates => new()
    {
        { 1.01e-3, 0.9, 0.98, 0.01 },
        { 1e-3, 0.91, 0.98, 0.01 },
        { 1e-3, 0.9, 0.981, 0.01 },
        { 1e-3, 0.9, 0.98, 0 },
    };

    [Fact]
    public void The_same_steps_agree() => Assert.Equal(0, Difference(Rates, 0.01));

    [Theory]
    [MemberData(nameof(OtherRates))]
    public void Steps_at_slightly_other_rates_do_not(double rate, double beta1, double beta2, double weightDecay) =>
        Assert.True(Difference(new(rate, beta1, beta2), weightDecay) > Agreement.Tolerance);

    [Fact]
    public void Steps_that_do_not_happen_do_not_agree()
    {
        using var scope = NewDisposeScope();
        using var one = new AdamWCase([[63, 5], [100]], Rates, 0.01);
        var results = one.Results(Pass.Step);
        var nothing = results.ToDictionary(each => each.Key, each => zeros_like(each.Value));
        Assert.All(results.Keys, name => Assert.True(Agreement.Worst(new Dictionary<string, Tensor> { [name] = nothing[name] }, new Dictionary<string, Tensor> { [name] = results[name] }) > Agreement.Tolerance));
    }

    private static double Difference(AdamWRates rates, double weightDecay)
    {
        using var scope = NewDisposeScope();
        using var ours = new AdamWCase([[63, 5], [100]], rates, weightDecay);
        using var theirs = new AdamWCase([[63, 5], [100]], Rates, 0.01);
        return Agreement.Worst(ours.Results(Pass.Step), theirs.Results(Pass.Step));
    }
}
