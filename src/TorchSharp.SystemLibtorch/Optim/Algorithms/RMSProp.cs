using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>RMSProp (Tieleman and Hinton 2012; centred form Graves 2013, arXiv:1308.0850): <c>v = a v + (1 - a) g^2</c>, <c>p -= lr g / (sqrt(v) + eps)</c>.</summary>
    public class RMSProp : OptimizerHelper, optim.IMomentum
    {
        public RMSProp(
            IEnumerable<Parameter> parameters, double lr = 0.001, double alpha = 0.99, double eps = 1E-08, double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false)
            : this([new ParamGroup(parameters, new Options())], lr, alpha, eps, weight_decay, momentum, centered, maximize)
        {
        }

        public RMSProp(
            IEnumerable<ParamGroup> parameters, double lr = 0.001, double alpha = 0.99, double eps = 1E-08, double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false)
        {
            _defaults = new Options { LearningRate = lr, InitialLearningRate = lr, alpha = alpha, eps = eps, weight_decay = weight_decay, momentum = momentum, centered = centered, maximize = maximize };
            foreach (var group in parameters)
                add_param_group(group);
        }

        public double Momentum
        {
            get => _parameter_groups.OfType<ParamGroup>().Select(group => group.Momentum).FirstOrDefault();
            set
            {
                foreach (var group in _parameter_groups.OfType<ParamGroup>())
                    group.Momentum = value;
            }
        }

        private protected override OptimizerState NewState(Parameter parameter) => new State(parameter);

        private protected override void Update(OptimizerOptions options, UpdateSet set)
        {
            var o = (Options)options;
            var (lr, alpha, mu) = (o.LearningRate!.Value, o.alpha!.Value, o.momentum!.Value);
            var states = set.States<State>();
            foreach (var state in states)
                state.step++;

            var p = set.Parameters;
            var g = o.maximize!.Value ? Foreach.neg(set.Gradients) : set.Gradients;
            if (o.weight_decay!.Value != 0)
                g = Foreach.add(g, p, alpha: o.weight_decay.Value);

            var v = set.Pick(states, s => s.square_avg);
            Foreach.mul_(v, alpha);
            Foreach.addcmul_(v, g, g, 1 - alpha);
            var denominator = o.centered!.Value ? Centred(v, g, set.Pick(states, s => s.grad_avg!), alpha) : Foreach.sqrt(v);
            Foreach.add_(denominator, o.eps!.Value);

            if (mu > 0)
            {
                var b = set.Pick(states, s => s.momentum_buffer!);
                Foreach.mul_(b, mu);
                Foreach.addcdiv_(b, g, denominator, 1);
                Foreach.add_(p, b, alpha: -lr);
            }
            else
            {
                Foreach.addcdiv_(p, g, denominator, -lr);
            }
        }

        /// <summary>The standard deviation of the gradients: sqrt(v - mean^2).</summary>
        private static Tensor[] Centred(Tensor[] v, Tensor[] g, Tensor[] mean, double alpha)
        {
            Foreach.mul_(mean, alpha);
            Foreach.add_(mean, g, alpha: 1 - alpha);
            return Foreach.sqrt(Foreach.addcmul(v, mean, mean, -1));
        }

        public class Options : OptimizerOptions
        {
            public double? alpha;
            public double? eps;
            public double? weight_decay;
            public double? momentum;
            public bool? centered;
            public bool? maximize;

            public override void LoadStateDict(OptimizerOptions source)
            {
                base.LoadStateDict(source);
                var o = Same<Options>(source);
                (alpha, eps, weight_decay, momentum, centered, maximize) = (o.alpha, o.eps, o.weight_decay, o.momentum, o.centered, o.maximize);
            }

            internal override void Complete(OptimizerOptions defaults)
            {
                base.Complete(defaults);
                var d = (Options)defaults;
                alpha ??= d.alpha;
                eps ??= d.eps;
                weight_decay ??= d.weight_decay;
                momentum ??= d.momentum;
                centered ??= d.centered;
                maximize ??= d.maximize;
            }
        }

        public class ParamGroup : ParamGroup<Options>, optim.IMomentum
        {
            public ParamGroup()
            {
            }

            public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options)
            {
            }

            public ParamGroup(
                IEnumerable<Parameter> parameters, double lr = 0.001, double eps = 1E-08, double alpha = 0.99, double weight_decay = 0, double momentum = 0, bool centered = false)
                : base(parameters, new Options { LearningRate = lr, InitialLearningRate = lr, alpha = alpha, eps = eps, weight_decay = weight_decay, momentum = momentum, centered = centered })
            {
            }

            public double Momentum
            {
                get => Options.momentum ?? 0;
                set => Options.momentum = value;
            }
        }

        public sealed class State(Parameter parameter) : OptimizerState(parameter)
        {
            /// <summary>How many updates the parameter has had.</summary>
            public long step;

            /// <summary>v, the mean of squared gradients.</summary>
            public Tensor square_avg = null!;

            /// <summary>The running update (with momentum only).</summary>
            public Tensor? momentum_buffer;

            /// <summary>The mean of gradients (centred only).</summary>
            public Tensor? grad_avg;

            public override void Initialize(OptimizerOptions options)
            {
                var o = (Options)options;
                step = 0;
                square_avg = Zeros();
                momentum_buffer = o.momentum > 0 ? Zeros() : null;
                grad_avg = o.centered == true ? Zeros() : null;
            }

            public override void LoadStateDict(OptimizerState source)
            {
                var s = Same<State>(source);
                step = s.step;
                square_avg = Copy(square_avg, s.square_avg)!;
                momentum_buffer = Copy(momentum_buffer, s.momentum_buffer);
                grad_avg = Copy(grad_avg, s.grad_avg);
            }

            public override void to(Device device)
            {
                Move(square_avg, device);
                Move(momentum_buffer, device);
                Move(grad_avg, device);
            }

            public override void Dispose()
            {
                square_avg.Dispose();
                momentum_buffer?.Dispose();
                grad_avg?.Dispose();
            }
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class optim
        {
            public static RMSProp RMSProp(
                IEnumerable<Parameter> parameters, double lr = 0.01, double alpha = 0.99, double eps = 1E-08, double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false) =>
                new(parameters, lr, alpha, eps, weight_decay, momentum, centered, maximize);

            public static RMSProp RMSProp(
                IEnumerable<(string name, Parameter parameter)> parameters, double lr = 0.01, double alpha = 0.99, double eps = 1E-08, double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false) =>
                new(parameters.Select(named => named.parameter), lr, alpha, eps, weight_decay, momentum, centered, maximize);

            public static RMSProp RMSProp(
                IEnumerable<RMSProp.ParamGroup> parameters, double lr = 0.01, double alpha = 0.99, double eps = 1E-08, double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false) =>
                new(parameters, lr, alpha, eps, weight_decay, momentum, centered, maximize);
        }
    }
}
