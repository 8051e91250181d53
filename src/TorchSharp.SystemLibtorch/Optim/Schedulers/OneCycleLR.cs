namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static partial class impl
            {
                /// <summary>
                /// One cycle (Smith and Topin 2018, arXiv:1708.07120): from max / div_factor up to max, then down to that over
                /// final_div_factor, momentum the other way round. In three phases the way down first mirrors the way up.
                /// </summary>
                public class OneCycleLR : LRScheduler
                {
                    private readonly AnnealStrategy _strategy;
                    private readonly Phase[] _phases;
                    private readonly double[] _max;
                    private readonly double[]? _baseMomentum;
                    private readonly double[]? _maxMomentum;
                    private readonly double _finalDivisor;
                    private readonly int _total;

                    public OneCycleLR(
                        Optimizer optimizer, double max_lr, int total_steps = -1, int epochs = -1, int steps_per_epoch = -1, double pct_start = 0.3,
                        AnnealStrategy anneal_strategy = AnnealStrategy.Cos, bool cycle_momentum = true, double base_momentum = 0.85,
                        double max_momentum = 0.95, double div_factor = 25, double final_div_factor = 10000, bool three_phase = false,
                        int last_epoch = -1, bool verbose = false)
                        : this(optimizer, PerGroupOf(optimizer, max_lr), total_steps, epochs, steps_per_epoch, pct_start, anneal_strategy,
                            cycle_momentum, PerGroupOf(optimizer, base_momentum), PerGroupOf(optimizer, max_momentum), div_factor,
                            final_div_factor, three_phase, last_epoch, verbose)
                    {
                    }

                    /// <param name="max_lr">The highest rate of each group.</param>
                    /// <param name="total_steps">How many steps the cycle has; or epochs times steps_per_epoch.</param>
                    /// <param name="pct_start">The part of the cycle in which the rate rises.</param>
                    public OneCycleLR(
                        Optimizer optimizer, IEnumerable<double> max_lr, int total_steps = -1, int epochs = -1, int steps_per_epoch = -1,
                        double pct_start = 0.3, AnnealStrategy anneal_strategy = AnnealStrategy.Cos, bool cycle_momentum = true,
                        IEnumerable<double>? base_momentum = null, IEnumerable<double>? max_momentum = null, double div_factor = 25,
                        double final_div_factor = 10000, bool three_phase = false, int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        if (total_steps <= 0 && (epochs <= 0 || steps_per_epoch <= 0))
                            throw new ArgumentException("A cycle needs its length: total_steps, or epochs and steps_per_epoch.", nameof(total_steps));
                        if (pct_start is < 0 or > 1)
                            throw new ArgumentOutOfRangeException(nameof(pct_start), $"{pct_start} is no part of a cycle; it must lie between 0 and 1.");

                        _total = total_steps > 0 ? total_steps : epochs * steps_per_epoch;
                        _strategy = anneal_strategy;
                        _finalDivisor = final_div_factor;
                        _max = PerGroup(max_lr, nameof(max_lr));
                        _phases = three_phase
                            ? [new(pct_start * _total - 1, Level.Start, Level.Top), new(2 * pct_start * _total - 2, Level.Top, Level.Start), new(_total - 1, Level.Start, Level.End)]
                            : [new(pct_start * _total - 1, Level.Start, Level.Top), new(_total - 1, Level.Top, Level.End)];
                        if (cycle_momentum)
                        {
                            _baseMomentum = PerGroup(base_momentum ?? PerGroupOf(optimizer, DefaultBaseMomentum), nameof(base_momentum));
                            _maxMomentum = PerGroup(max_momentum ?? PerGroupOf(optimizer, DefaultMaxMomentum), nameof(max_momentum));
                        }

                        if (last_epoch == -1)
                        {
                            foreach (var (group, max) in Groups.Zip(_max))
                                group.InitialLearningRate = max / div_factor;
                        }
                        BaseRates = [.. Groups.Select(group => group.InitialLearningRate)];
                        step();
                    }

                    public enum AnnealStrategy
                    {
                        Cos,
                        Linear,
                    }

                    private enum Level
                    {
                        Start,
                        Top,
                        End,
                    }

                    private const double DefaultBaseMomentum = 0.85;
                    private const double DefaultMaxMomentum = 0.95;

                    /// <exception cref="InvalidOperationException">The cycle is over.</exception>
                    protected override IEnumerable<double> get_lr()
                    {
                        if (Epoch > _total)
                            throw new InvalidOperationException($"Tried to step {Epoch} times. The specified number of total steps is {_total}");

                        var (phase, part) = Position();
                        SetMomentum(phase, part);
                        return BaseRates.Select((_, group) => Anneal(Rate(phase.From, group), Rate(phase.To, group), part)).ToArray();
                    }

                    /// <summary>The phase of this step, and how much of it has passed.</summary>
                    private (Phase phase, double part) Position()
                    {
                        var start = 0.0;
                        foreach (var phase in _phases.AsSpan(..^1))
                        {
                            if (Epoch <= phase.Last)
                                return (phase, (Epoch - start) / (phase.Last - start));
                            start = phase.Last;
                        }
                        return (_phases[^1], (Epoch - start) / (_phases[^1].Last - start));
                    }

                    private double Rate(Level level, int group) => level switch
                    {
                        Level.Top => _max[group],
                        Level.Start => BaseRates[group],
                        _ => BaseRates[group] / _finalDivisor,
                    };

                    private void SetMomentum(Phase phase, double part)
                    {
                        if (_baseMomentum is null || _maxMomentum is null)
                            return;
                        foreach (var (controller, group) in Groups.Select((controller, group) => (controller, group)))
                        {
                            double At(Level level) => level == Level.Top ? _baseMomentum[group] : _maxMomentum[group];
                            var momentum = Anneal(At(phase.From), At(phase.To), part);
                            if (controller is IBetas adaptive)
                                adaptive.Betas = (momentum, adaptive.Betas.Item2);
                            else if (controller is IMomentum plain)
                                plain.Momentum = momentum;
                        }
                    }

                    private double Anneal(double from, double to, double part) =>
                        _strategy == AnnealStrategy.Cos ? to + (from - to) / 2 * (1 + Math.Cos(Math.PI * part)) : from + (to - from) * part;

                    private static double[] PerGroupOf(Optimizer optimizer, double value) => [.. optimizer.ParamGroups.Select(_ => value)];

                    private readonly record struct Phase(double Last, Level From, Level To);
                }
            }

            public static LRScheduler OneCycleLR(
                Optimizer optimizer, double max_lr, int total_steps = -1, int epochs = -1, int steps_per_epoch = -1, double pct_start = 0.3,
                impl.OneCycleLR.AnnealStrategy anneal_strategy = impl.OneCycleLR.AnnealStrategy.Cos, bool cycle_momentum = true,
                double base_momentum = 0.85, double max_momentum = 0.95, double div_factor = 25, double final_div_factor = 10000,
                bool three_phase = false, int last_epoch = -1, bool verbose = false) =>
                new impl.OneCycleLR(optimizer, max_lr, total_steps, epochs, steps_per_epoch, pct_start, anneal_strategy, cycle_momentum,
                    base_momentum, max_momentum, div_factor, final_div_factor, three_phase, last_epoch, verbose);

            public static LRScheduler OneCycleLR(
                Optimizer optimizer, IEnumerable<double> max_lr, int total_steps = -1, int epochs = -1, int steps_per_epoch = -1,
                double pct_start = 0.3, impl.OneCycleLR.AnnealStrategy anneal_strategy = impl.OneCycleLR.AnnealStrategy.Cos,
                bool cycle_momentum = true, IEnumerable<double>? base_momentum = null, IEnumerable<double>? max_momentum = null,
                double div_factor = 25, double final_div_factor = 10000, bool three_phase = false, int last_epoch = -1, bool verbose = false) =>
                new impl.OneCycleLR(optimizer, max_lr, total_steps, epochs, steps_per_epoch, pct_start, anneal_strategy, cycle_momentum,
                    base_momentum, max_momentum, div_factor, final_div_factor, three_phase, last_epoch, verbose);
        }
    }
}
