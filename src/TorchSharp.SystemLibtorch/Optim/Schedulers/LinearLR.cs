namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static partial class impl
            {
                /// <summary><c>base * f</c>, where f goes in equal steps from start_factor to end_factor within total_iters steps.</summary>
                public class LinearLR : LRScheduler
                {
                    private readonly double _start;
                    private readonly double _end;
                    private readonly int _length;

                    public LinearLR(Optimizer optimizer, double start_factor = 1.0 / 3, double end_factor = 1, int total_iters = 5, int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        if (start_factor <= 0)
                            throw new ArgumentOutOfRangeException(nameof(start_factor), $"A factor of {start_factor} could not be scaled up from; it must be positive.");
                        ArgumentOutOfRangeException.ThrowIfLessThan(total_iters, 1);
                        (_start, _end, _length) = (start_factor, end_factor, total_iters);
                        step();
                    }

                    protected override IEnumerable<double> get_lr() =>
                        Epoch == 0 ? Scaled(_start) : Epoch > _length ? Rates : Scaled(Factor(Epoch) / Factor(Epoch - 1));

                    protected override IEnumerable<double> get_closed_form_lr() => ScaledBase(Factor(Epoch));

                    private double Factor(int t) => _start + (_end - _start) * Math.Min(t, _length) / _length;
                }
            }

            public static LRScheduler LinearLR(Optimizer optimizer, double start_factor = 1.0 / 3, double end_factor = 1, int total_iters = 5, int last_epoch = -1, bool verbose = false) =>
                new impl.LinearLR(optimizer, start_factor, end_factor, total_iters, last_epoch, verbose);
        }
    }
}
