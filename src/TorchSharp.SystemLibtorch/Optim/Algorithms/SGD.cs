using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Stochastic gradient descent, with momentum as PyTorch defines it: <c>b = mu b + (1 - dampening) g</c>, <c>p -= lr b</c>.</summary>
    public class SGD : OptimizerHelper, optim.IMomentum
    {
        public SGD(
            IEnumerable<Parameter> parameters, double lr, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false)
            : this([new ParamGroup(parameters, new Options())], lr, momentum, dampening, weight_decay, nesterov, maximize)
        {
        }

        public SGD(
            IEnumerable<ParamGroup> parameters, double lr, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false)
        {
            _defaults = new Options { LearningRate = lr, InitialLearningRate = lr, momentum = momentum, dampening = dampening, weight_decay = weight_decay, nesterov = nesterov, maximize = maximize };
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
            var p = set.Parameters;
            var g = o.maximize!.Value ? Foreach.neg(set.Gradients) : set.Gradients;
            if (o.weight_decay!.Value != 0)
                g = Foreach.add(g, p, alpha: o.weight_decay.Value);
            if (o.momentum!.Value != 0)
                g = Accumulate(set, g, o);
            Foreach.add_(p, g, alpha: -o.LearningRate!.Value);
        }

        /// <summary>Updates the momentum buffers; the first gradient starts its buffer undamped.</summary>
        private static Tensor[] Accumulate(UpdateSet set, Tensor[] g, Options o)
        {
            var mu = o.momentum!.Value;
            var states = set.States<State>();
            var going = Enumerable.Range(0, states.Length).Where(i => states[i].momentum_buffer is not null).ToArray();
            if (going.Length > 0)
            {
                var buffers = set.Pick(Array.ConvertAll(going, i => states[i]), s => s.momentum_buffer!);
                Foreach.mul_(buffers, mu);
                Foreach.add_(buffers, Array.ConvertAll(going, i => g[i]), alpha: 1 - o.dampening!.Value);
            }
            for (var i = 0; i < states.Length; i++)
            {
                if (states[i].momentum_buffer is null)
                    states[i].momentum_buffer = (set.IsComplex ? view_as_complex(g[i]) : g[i]).clone().DetachFromDisposeScope();
            }
            var b = set.Pick(states, s => s.momentum_buffer!);
            return o.nesterov!.Value ? Foreach.add(g, b, alpha: mu) : b;
        }

        public class Options : OptimizerOptions
        {
            public double? momentum;
            public double? dampening;
            public double? weight_decay;
            public bool? nesterov;
            public bool? maximize;

            public override void LoadStateDict(OptimizerOptions source)
            {
                base.LoadStateDict(source);
                var o = Same<Options>(source);
                (momentum, dampening, weight_decay, nesterov, maximize) = (o.momentum, o.dampening, o.weight_decay, o.nesterov, o.maximize);
            }

            internal override void Complete(OptimizerOptions defaults)
            {
                base.Complete(defaults);
                var d = (Options)defaults;
                momentum ??= d.momentum;
                dampening ??= d.dampening;
                weight_decay ??= d.weight_decay;
                nesterov ??= d.nesterov;
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
                IEnumerable<Parameter> parameters, double lr = 0.001, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false)
                : base(parameters, new Options { LearningRate = lr, InitialLearningRate = lr, momentum = momentum, dampening = dampening, weight_decay = weight_decay, nesterov = nesterov, maximize = maximize })
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
            /// <summary>b, the running sum of gradients; null before the first step with momentum.</summary>
            public Tensor? momentum_buffer;

            public override void Initialize(OptimizerOptions options)
            {
                momentum_buffer = null;
            }

            public override void LoadStateDict(OptimizerState source)
            {
                var s = Same<State>(source);
                momentum_buffer = Copy(momentum_buffer, s.momentum_buffer);
            }

            public override void to(Device device)
            {
                Move(momentum_buffer, device);
            }

            public override void Dispose()
            {
                momentum_buffer?.Dispose();
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
            public static SGD SGD(
                IEnumerable<Parameter> parameters, double learningRate, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
                new(parameters, learningRate, momentum, dampening, weight_decay, nesterov, maximize);

            public static SGD SGD(
                IEnumerable<(string name, Parameter parameter)> parameters, double learningRate, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
                new(parameters.Select(named => named.parameter), learningRate, momentum, dampening, weight_decay, nesterov, maximize);

            public static SGD SGD(
                IEnumerable<SGD.ParamGroup> parameters, double learningRate, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
                new(parameters, learningRate, momentum, dampening, weight_decay, nesterov, maximize);
        }
    }
}
