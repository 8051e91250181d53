namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static partial class impl
            {
                /// <summary>Several schedules at once: each scales what the one before left.</summary>
                public class ChainedLR : LRScheduler
                {
                    private readonly LRScheduler[] _schedulers;

                    public ChainedLR(IEnumerable<LRScheduler> schedulers) : this([.. schedulers])
                    {
                    }

                    private ChainedLR(LRScheduler[] schedulers) : base(Shared(schedulers), last_epoch: 0) => _schedulers = schedulers;

                    public override void step()
                    {
                        foreach (var scheduler in _schedulers)
                            scheduler.step();
                        Epoch++;
                        Set(Rates);
                    }

                    public override void step(int? epoch)
                    {
                        if (epoch is not null)
                            throw new InvalidOperationException("Chained schedules go on step by step: each depends on what the others left.");
                        step();
                    }

                    private static Optimizer Shared(LRScheduler[] schedulers)
                    {
                        if (schedulers.Length == 0)
                            throw new ArgumentException("A chain needs at least one scheduler.", nameof(schedulers));
                        var optimizer = schedulers[0].Target;
                        return schedulers.All(scheduler => ReferenceEquals(scheduler.Target, optimizer))
                            ? optimizer
                            : throw new ArgumentException("The schedulers of a chain must set the rates of one optimizer.", nameof(schedulers));
                    }
                }
            }

            public static LRScheduler ChainedLR(IEnumerable<LRScheduler> schedulers) => new impl.ChainedLR(schedulers);
        }
    }
}
