using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Adam (Kingma and Ba 2015, arXiv:1412.6980); weight decay adds <c>wd p</c> to the gradient.</summary>
    public class Adam : OptimizerHelper, optim.IBetas
    {
        public Adam(
            IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08,
            double weight_decay = 0, bool amsgrad = false, bool maximize = false)
            : this([new ParamGroup(parameters, new Options())], lr, beta1, beta2, eps, weight_decay, amsgrad, maximize)
        {
        }

        public Adam(
            IEnumerable<ParamGroup> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08,
            double weight_decay = 0, bool amsgrad = false, bool maximize = false)
        {
            _defaults = new ParamGroup([], lr, beta1, beta2, eps, weight_decay, amsgrad, maximize).Options;
            foreach (var group in parameters)
                add_param_group(group);
        }

        public (double, double) Betas
        {
            get => _parameter_groups.OfType<ParamGroup>().Select(group => group.Betas).FirstOrDefault();
            set
            {
                foreach (var group in _parameter_groups.OfType<ParamGroup>())
                    group.Betas = value;
            }
        }

        private protected override OptimizerState NewState(Parameter parameter) => new State(parameter);

        private protected override void Update(OptimizerOptions options, UpdateSet set)
        {
            var o = (Options)options;
            var lr = o.LearningRate!.Value;
            var decay = o.weight_decay!.Value;
            var states = set.States<State>();
            foreach (var state in states)
                state.step++;

            var p = set.Parameters;
            var g = o.maximize!.Value ? Foreach.neg(set.Gradients) : set.Gradients;
            if (decay != 0)
                g = Foreach.add(g, p, alpha: decay);
            AdamMoments.Step(
                p, g, set.Pick(states, s => s.exp_avg), set.Pick(states, s => s.exp_avg_sq),
                o.amsgrad!.Value ? set.Pick(states, s => s.max_exp_avg_sq!) : null,
                Array.ConvertAll(states, s => s.step), lr, o.beta1!.Value, o.beta2!.Value, o.eps!.Value);
        }

        public class Options : OptimizerOptions
        {
            public double? beta1;
            public double? beta2;
            public double? weight_decay;
            public double? eps;
            public bool? amsgrad;
            public bool? maximize;

            public override void LoadStateDict(OptimizerOptions source)
            {
                base.LoadStateDict(source);
                var o = Same<Options>(source);
                (beta1, beta2, weight_decay, eps, amsgrad, maximize) = (o.beta1, o.beta2, o.weight_decay, o.eps, o.amsgrad, o.maximize);
            }

            internal override void Complete(OptimizerOptions defaults)
            {
                base.Complete(defaults);
                var d = (Options)defaults;
                beta1 ??= d.beta1;
                beta2 ??= d.beta2;
                weight_decay ??= d.weight_decay;
                eps ??= d.eps;
                amsgrad ??= d.amsgrad;
                maximize ??= d.maximize;
            }
        }

        public class ParamGroup : ParamGroup<Options>, optim.IBetas
        {
            public ParamGroup()
            {
            }

            public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options)
            {
            }

            public ParamGroup(
                IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08,
                double weight_decay = 0, bool amsgrad = false, bool maximize = false)
                : base(parameters, new Options
                {
                    LearningRate = lr, InitialLearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps,
                    weight_decay = weight_decay, amsgrad = amsgrad, maximize = maximize,
                })
            {
            }

            public (double, double) Betas
            {
                get => (Options.beta1 ?? 0, Options.beta2 ?? 0);
                set => (Options.beta1, Options.beta2) = value;
            }
        }

        public sealed class State(Parameter parameter) : OptimizerState(parameter)
        {
            /// <summary>How many updates the parameter has had.</summary>
            public long step;

            /// <summary>m, the mean of gradients.</summary>
            public Tensor exp_avg = null!;

            /// <summary>v, the mean of squared gradients.</summary>
            public Tensor exp_avg_sq = null!;

            /// <summary>The largest v so far (AMSGrad only).</summary>
            public Tensor? max_exp_avg_sq;

            public override void Initialize(OptimizerOptions options)
            {
                step = 0;
                exp_avg = Zeros();
                exp_avg_sq = Zeros();
                max_exp_avg_sq = ((Options)options).amsgrad == true ? Zeros() : null;
            }

            public override void LoadStateDict(OptimizerState source)
            {
                var s = Same<State>(source);
                step = s.step;
                exp_avg = Copy(exp_avg, s.exp_avg)!;
                exp_avg_sq = Copy(exp_avg_sq, s.exp_avg_sq)!;
                max_exp_avg_sq = Copy(max_exp_avg_sq, s.max_exp_avg_sq);
            }

            public override void to(Device device)
            {
                Move(exp_avg, device);
                Move(exp_avg_sq, device);
                Move(max_exp_avg_sq, device);
            }

            public override void Dispose()
            {
                exp_avg.Dispose();
                exp_avg_sq.Dispose();
                max_exp_avg_sq?.Dispose();
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
            public static Adam Adam(
                IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08,
                double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

            public static Adam Adam(
                IEnumerable<(string name, Parameter parameter)> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999,
                double eps = 1E-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
                new(parameters.Select(named => named.parameter), lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

            public static Adam Adam(
                IEnumerable<Adam.ParamGroup> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08,
                double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);
        }
    }
}
