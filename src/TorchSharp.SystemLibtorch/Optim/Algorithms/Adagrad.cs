using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Adagrad (Duchi et al. 2011): <c>s += g^2</c>, <c>p -= lr / (1 + (t - 1) lr_decay) g / (sqrt(s) + eps)</c>.</summary>
    public class Adagrad : OptimizerHelper
    {
        public Adagrad(
            IEnumerable<Parameter> parameters, double lr = 0.01, double lr_decay = 0, double weight_decay = 0, double initial_accumulator_value = 0, double eps = 1E-10)
            : this([new ParamGroup(parameters, new Options())], lr, lr_decay, weight_decay, initial_accumulator_value, eps)
        {
        }

        public Adagrad(
            IEnumerable<ParamGroup> parameters, double lr = 0.01, double lr_decay = 0, double weight_decay = 0, double initial_accumulator_value = 0, double eps = 1E-10)
        {
            _defaults = new Options { LearningRate = lr, InitialLearningRate = lr, lr_decay = lr_decay, weight_decay = weight_decay, initial_accumulator_value = initial_accumulator_value, eps = eps };
            foreach (var group in parameters)
                add_param_group(group);
        }

        private protected override OptimizerState NewState(Parameter parameter) => new State(parameter);

        private protected override void Update(OptimizerOptions options, UpdateSet set)
        {
            var o = (Options)options;
            var states = set.States<State>();
            foreach (var state in states)
                state.step++;

            var p = set.Parameters;
            var g = set.Gradients;
            if (o.weight_decay!.Value != 0)
                g = Foreach.add(g, p, alpha: o.weight_decay.Value);

            var s = set.Pick(states, state => state.sum);
            Foreach.addcmul_(s, g, g, 1);
            var denominator = Foreach.sqrt(s);
            Foreach.add_(denominator, o.eps!.Value);
            Foreach.addcdiv_(p, g, denominator, Array.ConvertAll(states, state => -o.LearningRate!.Value / (1 + (state.step - 1) * o.lr_decay!.Value)));
        }

        public class Options : OptimizerOptions
        {
            public double? lr_decay;
            public double? weight_decay;
            public double? initial_accumulator_value;
            public double? eps;

            public override void LoadStateDict(OptimizerOptions source)
            {
                base.LoadStateDict(source);
                var o = Same<Options>(source);
                (lr_decay, weight_decay, initial_accumulator_value, eps) = (o.lr_decay, o.weight_decay, o.initial_accumulator_value, o.eps);
            }

            internal override void Complete(OptimizerOptions defaults)
            {
                base.Complete(defaults);
                var d = (Options)defaults;
                lr_decay ??= d.lr_decay;
                weight_decay ??= d.weight_decay;
                initial_accumulator_value ??= d.initial_accumulator_value;
                eps ??= d.eps;
            }
        }

        public class ParamGroup : ParamGroup<Options>
        {
            public ParamGroup()
            {
            }

            public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options)
            {
            }

            public ParamGroup(
                IEnumerable<Parameter> parameters, double lr = 0.01, double lr_decay = 0, double weight_decay = 0, double initial_accumulator_value = 0, double eps = 1E-10)
                : base(parameters, new Options { LearningRate = lr, InitialLearningRate = lr, lr_decay = lr_decay, weight_decay = weight_decay, initial_accumulator_value = initial_accumulator_value, eps = eps })
            {
            }
        }

        public sealed class State(Parameter parameter) : OptimizerState(parameter)
        {
            /// <summary>How many updates the parameter has had.</summary>
            public long step;

            /// <summary>s, the sum of squared gradients.</summary>
            public Tensor sum = null!;

            public override void Initialize(OptimizerOptions options)
            {
                step = 0;
                sum = Zeros().fill_(((Options)options).initial_accumulator_value ?? 0);
            }

            public override void LoadStateDict(OptimizerState source)
            {
                var s = Same<State>(source);
                step = s.step;
                sum = Copy(sum, s.sum)!;
            }

            public override void to(Device device)
            {
                Move(sum, device);
            }

            public override void Dispose()
            {
                sum.Dispose();
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
            public static Adagrad Adagrad(
                IEnumerable<Parameter> parameters, double lr = 0.01, double lr_decay = 0, double weight_decay = 0, double initial_accumulator_value = 0, double eps = 1E-10) =>
                new(parameters, lr, lr_decay, weight_decay, initial_accumulator_value, eps);

            public static Adagrad Adagrad(
                IEnumerable<(string name, Parameter parameter)> parameters, double lr = 0.01, double lr_decay = 0, double weight_decay = 0, double initial_accumulator_value = 0, double eps = 1E-10) =>
                new(parameters.Select(named => named.parameter), lr, lr_decay, weight_decay, initial_accumulator_value, eps);

            public static Adagrad Adagrad(
                IEnumerable<Adagrad.ParamGroup> parameters, double lr = 0.01, double lr_decay = 0, double weight_decay = 0, double initial_accumulator_value = 0, double eps = 1E-10) =>
                new(parameters, lr, lr_decay, weight_decay, initial_accumulator_value, eps);
        }
    }
}
