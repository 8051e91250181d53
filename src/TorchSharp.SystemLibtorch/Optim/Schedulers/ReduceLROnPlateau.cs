namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static partial class impl
            {
                /// <summary>Scales the rates by factor when a measured value has not improved for more than patience steps.</summary>
                public class ReduceLROnPlateau : LRScheduler
                {
                    private readonly bool _smallerIsBetter;
                    private readonly bool _relative;
                    private readonly double _factor;
                    private readonly double _threshold;
                    private readonly double _eps;
                    private readonly int _patience;
                    private readonly int _cooldown;
                    private readonly double[] _least;
                    private double _best;
                    private int _badSteps;
                    private int _cooling;

                    /// <param name="mode">min or max: which values are better.</param>
                    /// <param name="threshold_mode">rel or abs: whether an improvement is measured against the best value's size.</param>
                    /// <param name="cooldown">Steps after a reduction that do not count as bad.</param>
                    /// <param name="min_lr">The least rate of each group; null is 0.</param>
                    /// <param name="eps">A reduction smaller than this is not made.</param>
                    public ReduceLROnPlateau(
                        Optimizer optimizer, string mode = "min", double factor = 0.1, int patience = 10, double threshold = 1E-4,
                        string threshold_mode = "rel", int cooldown = 0, IList<double>? min_lr = null, double eps = 1E-08, bool verbose = false)
                        : base(optimizer, last_epoch: 0, verbose)
                    {
                        if (factor >= 1)
                            throw new ArgumentOutOfRangeException(nameof(factor), $"A factor of {factor} does not reduce; it must be below 1.");
                        _smallerIsBetter = Choice(mode, "min", "max", nameof(mode));
                        _relative = Choice(threshold_mode, "rel", "abs", nameof(threshold_mode));
                        (_factor, _patience, _threshold, _cooldown, _eps) = (factor, patience, threshold, cooldown, eps);
                        _least = min_lr is null ? new double[BaseRates.Length] : PerGroup(min_lr, nameof(min_lr));
                        _best = _smallerIsBetter ? double.PositiveInfinity : double.NegativeInfinity;
                    }

                    public override void step() =>
                        throw new InvalidOperationException("ReduceLROnPlateau steps by a measured value: call step(double).");

                    public override void step(int? epoch) => step();

                    public override void step(double current, int? epoch = null)
                    {
                        Epoch = epoch ?? Epoch + 1;
                        if (Improves(current))
                        {
                            _best = current;
                            _badSteps = 0;
                        }
                        else
                        {
                            _badSteps++;
                        }

                        if (_cooling > 0)
                        {
                            _cooling--;
                            _badSteps = 0;
                        }

                        if (_badSteps <= _patience)
                        {
                            Set(Rates);
                            return;
                        }
                        _cooling = _cooldown;
                        _badSteps = 0;
                        Set(Rates.Zip(_least, Reduced));
                    }

                    private double Reduced(double rate, double least)
                    {
                        var reduced = Math.Max(rate * _factor, least);
                        return rate - reduced > _eps ? reduced : rate;
                    }

                    private bool Improves(double value)
                    {
                        var margin = _relative ? Math.Abs(_best) * _threshold : _threshold;
                        if (double.IsInfinity(_best))
                            margin = 0;
                        return _smallerIsBetter ? value < _best - margin : value > _best + margin;
                    }

                    private static bool Choice(string value, string yes, string no, string parameter) =>
                        value == yes || (value == no ? false : throw new ArgumentException($"{parameter} is {yes} or {no}, not '{value}'.", parameter));
                }
            }

            public static LRScheduler ReduceLROnPlateau(
                Optimizer optimizer, string mode = "min", double factor = 0.1, int patience = 10, double threshold = 1E-4,
                string threshold_mode = "rel", int cooldown = 0, IList<double>? min_lr = null, double eps = 1E-08, bool verbose = false) =>
                new impl.ReduceLROnPlateau(optimizer, mode, factor, patience, threshold, threshold_mode, cooldown, min_lr, eps, verbose);
        }
    }
}
