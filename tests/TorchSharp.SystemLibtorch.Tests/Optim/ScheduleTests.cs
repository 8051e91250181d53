using TorchSharp.Modules;
using TorchSharp.Tests.NN;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.Tests.Optim;

/// <summary>Schedules against their closed forms; the base rates are 1 and 0.1.</summary>
public sealed class ScheduleTests
{
    private const int Steps = 25;
    private const double Tolerance = 1e-9;

    private static SGD Groups() => optim.SGD(
        [new SGD.ParamGroup([new Parameter(zeros(1))], lr: 1.0, momentum: 0.9), new SGD.ParamGroup([new Parameter(zeros(1))], lr: 0.1, momentum: 0.9)], 1.0);

    private static double[] Rates(Optimizer optimizer) => [.. optimizer.ParamGroups.Select(group => group.LearningRate)];

    private static void Follows(Func<Optimizer, lr_scheduler.LRScheduler> make, Func<int, double> factor, int steps = Steps)
    {
        using var scope = NewDisposeScope();
        using var optimizer = Groups();
        var scheduler = make(optimizer);
        for (var t = 0; t <= steps; t++)
        {
            Numbers.Near([factor(t), 0.1 * factor(t)], Rates(optimizer), Tolerance);
            Numbers.Near(Rates(optimizer), [.. scheduler.get_last_lr()], 0);
            if (t < steps)
                scheduler.step();
        }
    }

    [Fact]
    public void Lambda() => Follows(o => lr_scheduler.LambdaLR(o, t => 1.0 / (1 + t)), t => 1.0 / (1 + t));

    [Fact]
    public void Multiplicative() => Follows(o => lr_scheduler.MultiplicativeLR(o, t => t % 2 == 0 ? 0.5 : 1), t => Math.Pow(0.5, t / 2));

    [Fact]
    public void Step() => Follows(o => lr_scheduler.StepLR(o, 3, 0.5), t => Math.Pow(0.5, t / 3));

    [Fact]
    public void Milestones() => Follows(o => lr_scheduler.MultiStepLR(o, [2, 7], 0.5), t => t < 2 ? 1 : t < 7 ? 0.5 : 0.25);

    [Fact]
    public void Exponential() => Follows(o => lr_scheduler.ExponentialLR(o, 0.9), t => Math.Pow(0.9, t));

    [Fact]
    public void Constant() => Follows(o => lr_scheduler.ConstantLR(o, 0.25, 4), t => t < 4 ? 0.25 : 1);

    [Fact]
    public void Linear() => Follows(o => lr_scheduler.LinearLR(o, 0.1, 0.7, 6), t => 0.1 + 0.6 * Math.Min(t, 6) / 6);

    [Fact]
    public void Polynomial() => Follows(o => lr_scheduler.PolynomialLR(o, 8, 2), t => Math.Pow(1 - Math.Min(t, 8) / 8.0, 2));

    [Fact]
    public void Cosine_there_and_back() => Follows(o => lr_scheduler.CosineAnnealingLR(o, 10), t => (1 + Math.Cos(Math.PI * t / 10)) / 2);

    [Fact]
    public void Warm_up_then_cosine() => Follows(
        o => lr_scheduler.SequentialLR(o, [lr_scheduler.LinearLR(o, 0.2, 1, 4), lr_scheduler.CosineAnnealingLR(o, 20)], [4]),
        t => t < 4 ? 0.2 + 0.8 * t / 4 : (1 + Math.Cos(Math.PI * (t - 4) / 20)) / 2, steps: 20);

#if TORCH_SYSTEM // the real library mixes up the groups
    [Fact]
    public void One_cycle_rises_for_a_part_and_falls_for_the_rest()
    {
        const int Total = 20;
        const double Peak = 0.3 * Total - 1;
        static double Between(double from, double to, double part) => to + (from - to) / 2 * (1 + Math.Cos(Math.PI * part));

        using var scope = NewDisposeScope();
        using var optimizer = Groups();
        var scheduler = lr_scheduler.OneCycleLR(optimizer, 2.0, total_steps: Total, div_factor: 10, final_div_factor: 100);
        for (var t = 0; t < Total; t++)
        {
            var (rate, momentum) = t <= Peak
                ? (Between(0.2, 2, t / Peak), Between(0.95, 0.85, t / Peak))
                : (Between(2, 0.002, (t - Peak) / (Total - 1 - Peak)), Between(0.85, 0.95, (t - Peak) / (Total - 1 - Peak)));
            Numbers.Near([rate, rate], Rates(optimizer), Tolerance);
            Assert.All(optimizer.ParamGroups.Cast<IMomentum>(), group => Assert.Equal(momentum, group.Momentum, 9));
            if (t < Total - 1)
                scheduler.step();
        }
    }
#endif

    [Fact]
    public void Plateaus_reduce_the_rate_after_the_patience_has_run_out()
    {
        using var scope = NewDisposeScope();
        using var optimizer = Groups();
        var scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, factor: 0.5, patience: 1, cooldown: 1, min_lr: [0.3, 0]);
        double[] losses = [1, 1, 1, 1, 1, 1, 0.5, 0.5, 0.5];
        double[] expected = [1, 1, 0.5, 0.5, 0.5, 0.3, 0.3, 0.3, 0.3];
        foreach (var (loss, rate) in losses.Zip(expected))
        {
            scheduler.step(loss);
            Assert.Equal(rate, Rates(optimizer)[0], 9);
        }
        Assert.Throws<InvalidOperationException>(() => scheduler.step());
    }

    [Fact]
    public void A_schedule_can_jump_to_a_step()
    {
        using var scope = NewDisposeScope();
        using var optimizer = Groups();
        var scheduler = lr_scheduler.CosineAnnealingLR(optimizer, 10);
        scheduler.step((int?)5);
        Numbers.Near([0.5, 0.05], Rates(optimizer), Tolerance);
        scheduler.step();
        Numbers.Near([(1 + Math.Cos(0.6 * Math.PI)) / 2], Rates(optimizer)[..1], Tolerance);
    }

#if TORCH_SYSTEM
    [Fact]
    public void A_milestone_given_twice_counts_twice() => Follows(o => lr_scheduler.MultiStepLR(o, [3, 3], 0.5), t => t < 3 ? 1 : 0.25);

    [Fact]
    public void Chained_schedules_multiply() => Follows(
        o => lr_scheduler.ChainedLR([lr_scheduler.ConstantLR(o, 0.1, 3), lr_scheduler.ExponentialLR(o, 0.9)]),
        t => (t < 3 ? 0.1 : 1) * Math.Pow(0.9, t));

    [Fact]
    public void A_cosine_that_ends_above_zero_comes_back_from_its_trough()
    {
        using var scope = NewDisposeScope();
        using var optimizer = Groups();
        var scheduler = lr_scheduler.CosineAnnealingLR(optimizer, 4, eta_min: 0.05);
        for (var t = 0; t <= 10; t++)
        {
            Numbers.Near([.. new[] { 1, 0.1 }.Select(rate => 0.05 + (rate - 0.05) * (1 + Math.Cos(Math.PI * t / 4)) / 2)], Rates(optimizer), Tolerance);
            scheduler.step();
        }
    }

    [Fact]
    public void A_sequence_of_schedules_can_jump()
    {
        using var scope = NewDisposeScope();
        using var optimizer = Groups();
        var scheduler = lr_scheduler.SequentialLR(optimizer, [lr_scheduler.LinearLR(optimizer, 0.2, 1, 4), lr_scheduler.CosineAnnealingLR(optimizer, 20)], [4]);
        scheduler.step((int?)14);
        Numbers.Near([0.5, 0.05], Rates(optimizer), Tolerance);
        scheduler.step((int?)2);
        Numbers.Near([0.6, 0.06], Rates(optimizer), Tolerance);
    }
#endif
}
