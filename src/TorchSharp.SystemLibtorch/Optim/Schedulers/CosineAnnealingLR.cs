namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static partial class impl
            {
                /// <summary><c>eta_min + (base - eta_min) (1 + cos(pi t / T_max)) / 2</c> (Loshchilov and Hutter 2017, arXiv:1608.03983, without restarts).</summary>
                public class CosineAnnealingLR : LRScheduler
                {
                    private const double TroughWidth = 1e-9;

                    private readonly double _period;
                    private readonly double _least;

                    public CosineAnnealingLR(Optimizer optimizer, double T_max, double eta_min = 0, int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(T_max);
                        (_period, _least) = (T_max, eta_min);
                        step();
                    }

                    protected override IEnumerable<double> get_lr()
                    {
                        if (Epoch == 0)
                            return Rates;

                        // 1 + cos is zero at the trough: from there the quotient of two steps has no meaning, and the base gives the way up
                        var before = 1 + Math.Cos(Math.PI * (Epoch - 1) / _period);
                        return before < TroughWidth
                            ? get_closed_form_lr()
                            : Rates.Select(rate => (1 + Math.Cos(Math.PI * Epoch / _period)) / before * (rate - _least) + _least);
                    }

                    protected override IEnumerable<double> get_closed_form_lr() =>
                        BaseRates.Select(rate => _least + (rate - _least) * (1 + Math.Cos(Math.PI * Epoch / _period)) / 2);
                }
            }

            public static LRScheduler CosineAnnealingLR(Optimizer optimizer, double T_max, double eta_min = 0, int last_epoch = -1, bool verbose = false) =>
                new impl.CosineAnnealingLR(optimizer, T_max, eta_min, last_epoch, verbose);
        }
    }
}
