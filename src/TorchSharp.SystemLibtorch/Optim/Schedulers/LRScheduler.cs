namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            /// <summary>
            /// Sets the learning rate of each parameter group from a count of steps. Constructing a scheduler sets the rate of
            /// step 0. Rates follow PyTorch's chainable form: each step scales what the group has, so schedules compose.
            /// </summary>
            public abstract class LRScheduler
            {
                private readonly bool _verbose;
                private double[] _last;

                /// <summary>How often a rate was set, the one at construction included.</summary>
                protected int _step_count;

                /// <param name="last_epoch">The step to go on after; -1 for a new schedule.</param>
                protected LRScheduler(Optimizer optimizer, int last_epoch = -1, bool verbose = false)
                {
                    Target = optimizer;
                    _verbose = verbose;
                    Epoch = last_epoch;
                    BaseRates = [.. Groups.Select(group => group.InitialLearningRate)];
                    _last = [.. Rates];
                }

                /// <summary>The optimizer whose rates are set.</summary>
                internal Optimizer Target { get; }

                /// <summary>The step whose rate is set.</summary>
                private protected int Epoch { get; set; }

                /// <summary>One rate a group, which the schedule is relative to.</summary>
                private protected double[] BaseRates { get; set; }

                private protected IEnumerable<ILearningRateController> Groups => Target.ParamGroups;

                private protected IEnumerable<double> Rates => Groups.Select(group => group.LearningRate);

                public virtual void step()
                {
                    Epoch++;
                    Set(get_lr());
                }

                /// <summary>Jumps to a step.</summary>
                public virtual void step(int? epoch)
                {
                    if (epoch is not { } target)
                    {
                        step();
                        return;
                    }
                    Epoch = target;
                    Set(get_closed_form_lr());
                }

                /// <summary>One step; the measured value matters to <see cref="impl.ReduceLROnPlateau"/> only.</summary>
                public virtual void step(double current, int? epoch = null) => step(epoch);

                public IEnumerable<double> get_last_lr() => _last;

                /// <summary>The rates of this step, from those of the step before.</summary>
                protected virtual IEnumerable<double> get_lr() => Rates;

                /// <summary>The rates of this step by themselves.</summary>
                protected virtual IEnumerable<double> get_closed_form_lr() => get_lr();

                private protected T[] PerGroup<T>(IEnumerable<T> values, string parameter)
                {
                    T[] all = [.. values];
                    return all.Length == BaseRates.Length
                        ? all
                        : throw new ArgumentException($"{parameter} has {all.Length} entries for {BaseRates.Length} parameter groups.", parameter);
                }

                private protected IEnumerable<double> Scaled(double factor) => Rates.Select(rate => rate * factor);

                private protected IEnumerable<double> ScaledBase(double factor) => BaseRates.Select(rate => rate * factor);

                private protected void Set(IEnumerable<double> rates)
                {
                    _step_count++;
                    _last = [.. rates];
                    foreach (var (group, rate) in Groups.Zip(_last))
                        group.LearningRate = rate;
                    if (_verbose)
                        Console.WriteLine($"Step {Epoch}: learning rate {string.Join(", ", _last)}");
                }
            }
        }
    }
}
