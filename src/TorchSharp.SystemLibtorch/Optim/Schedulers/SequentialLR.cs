namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static partial class impl
            {
                /// <summary>Several schedules, one after the other; the next begins at its step 0 when its milestone is reached.</summary>
                public class SequentialLR : LRScheduler
                {
                    private readonly LRScheduler[] _schedulers;
                    private readonly int[] _milestones;

                    public SequentialLR(Optimizer optimizer, IEnumerable<LRScheduler> schedulers, IEnumerable<int> milestones, int last_epoch = -1)
                        : base(optimizer, last_epoch + 1)
                    {
                        _schedulers = [.. schedulers];
                        _milestones = [.. milestones];
                        if (_schedulers.Length == 0 || _milestones.Length != _schedulers.Length - 1)
                            throw new ArgumentException($"{_schedulers.Length} schedules need one milestone fewer; there are {_milestones.Length}.", nameof(milestones));
                        if (_schedulers.Any(scheduler => !ReferenceEquals(scheduler.Target, optimizer)))
                            throw new ArgumentException("The schedules must set the rates of this optimizer.", nameof(schedulers));

                        // constructing the schedules has set each one's first rate in turn: take that back and start the right one alone
                        foreach (var group in Groups)
                            group.LearningRate = group.InitialLearningRate;
                        JumpTo(last_epoch + 1);
                    }

                    public override void step()
                    {
                        Epoch++;
                        var (schedule, start) = ScheduleAt(Epoch);
                        if (Epoch == start)
                            schedule.step((int?)0);
                        else
                            schedule.step();
                        Set(Rates);
                    }

                    public override void step(int? epoch)
                    {
                        if (epoch is { } target)
                            JumpTo(target);
                        else
                            step();
                    }

                    private void JumpTo(int epoch)
                    {
                        Epoch = epoch;
                        var (schedule, start) = ScheduleAt(epoch);
                        schedule.step((int?)(epoch - start));
                        Set(Rates);
                    }

                    private (LRScheduler schedule, int start) ScheduleAt(int epoch)
                    {
                        var passed = _milestones.Count(milestone => milestone <= epoch);
                        return (_schedulers[passed], passed == 0 ? 0 : _milestones[passed - 1]);
                    }
                }
            }

            public static LRScheduler SequentialLR(Optimizer optimizer, IEnumerable<LRScheduler> schedulers, IEnumerable<int> milestones, int last_epoch = -1) =>
                new impl.SequentialLR(optimizer, schedulers, milestones, last_epoch);
        }
    }
}
