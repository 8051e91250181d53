namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static partial class impl
            {
                /// <summary><c>base * (1 - t / total_iters)^power</c>, zero from total_iters on.</summary>
                public class PolynomialLR : LRScheduler
                {
                    private readonly int _length;
                    private readonly double _power;

                    public PolynomialLR(Optimizer optimizer, int total_iters = 5, double power = 1, int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        ArgumentOutOfRangeException.ThrowIfLessThan(total_iters, 1);
                        (_length, _power) = (total_iters, power);
                        step();
                    }

                    protected override IEnumerable<double> get_lr() =>
                        Epoch == 0 || Epoch > _length ? Rates : Scaled(Math.Pow((double)(_length - Epoch) / (_length - Epoch + 1), _power));

                    protected override IEnumerable<double> get_closed_form_lr() => ScaledBase(Math.Pow(1 - (double)Math.Min(Epoch, _length) / _length, _power));
                }
            }

            public static LRScheduler PolynomialLR(Optimizer optimizer, int total_iters = 5, double power = 1, int last_epoch = -1, bool verbose = false) =>
                new impl.PolynomialLR(optimizer, total_iters, power, last_epoch, verbose);
        }
    }
}
