namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static partial class impl
            {
                /// <summary><c>base * factor</c> for total_iters steps, then base.</summary>
                public class ConstantLR : LRScheduler
                {
                    private readonly double _factor;
                    private readonly int _length;

                    public ConstantLR(Optimizer optimizer, double factor = 1.0 / 3, int total_iters = 5, int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        if (factor <= 0)
                            throw new ArgumentOutOfRangeException(nameof(factor), $"A factor of {factor} could not be undone at the end; it must be positive.");
                        (_factor, _length) = (factor, total_iters);
                        step();
                    }

                    protected override IEnumerable<double> get_lr() => Epoch == 0 ? Scaled(_factor) : Epoch == _length ? Scaled(1 / _factor) : Rates;

                    protected override IEnumerable<double> get_closed_form_lr() => ScaledBase(Epoch < _length ? _factor : 1);
                }
            }

            public static LRScheduler ConstantLR(Optimizer optimizer, double factor = 1.0 / 3, int total_iters = 5, int last_epoch = -1, bool verbose = false) =>
                new impl.ConstantLR(optimizer, factor, total_iters, last_epoch, verbose);
        }
    }
}
