using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Parameters of one device and element type with their gradients and states: what one foreach operator can take.</summary>
internal sealed class UpdateSet
{
    private readonly List<Tensor> _parameters = [];
    private readonly List<Tensor> _gradients = [];
    private readonly List<OptimizerState> _states = [];

    private UpdateSet(bool isComplex) => IsComplex = isComplex;

    public bool IsComplex { get; }

    public Tensor[] Parameters => [.. _parameters];

    public Tensor[] Gradients => [.. _gradients];

    public TState[] States<TState>() where TState : OptimizerState => [.. _states.Cast<TState>()];

    /// <summary>State tensors, complex ones as pairs of reals.</summary>
    public Tensor[] Pick<TState>(TState[] states, Func<TState, Tensor> tensor) =>
        Array.ConvertAll(states, state => IsComplex ? view_as_real(tensor(state)) : tensor(state));

    /// <summary>Sorts the parameters that have gradients. Complex ones are seen as pairs of reals, as PyTorch's optimizers see them.</summary>
    public static IEnumerable<UpdateSet> Of(IEnumerable<Parameter> parameters, Dictionary<Parameter, OptimizerState> states)
    {
        var sets = new Dictionary<(DeviceType, int, ScalarType), UpdateSet>();
        foreach (var parameter in parameters)
        {
            if (parameter.grad is not { } grad)
                continue;

            var type = parameter.dtype;
            var key = (parameter.device_type, parameter.device_index, type);
            if (!sets.TryGetValue(key, out var set))
                sets.Add(key, set = new UpdateSet(is_complex(type)));
            set._parameters.Add(set.IsComplex ? view_as_real(parameter) : parameter);
            set._gradients.Add(set.IsComplex ? view_as_real(grad) : grad);
            set._states.Add(states[parameter]);
        }
        return sets.Values;
    }
}
