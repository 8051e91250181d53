using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>
/// An optimizer that keeps a state for each parameter and updates all parameters of a group, device and element type together
/// through foreach operators.
/// </summary>
public abstract class OptimizerHelper : optim.Optimizer
{
    private readonly Dictionary<Parameter, OptimizerState> _states = new(ReferenceEqualityComparer.Instance);

    protected OptimizerOptions _defaults = new();

    private protected abstract OptimizerState NewState(Parameter parameter);

    /// <summary>One update of parameters of the same device and element type. Runs without gradients, in a scope of its own.</summary>
    private protected abstract void Update(OptimizerOptions options, UpdateSet set);

    /// <exception cref="ArgumentException">A parameter is in a group already: it would be updated twice a step.</exception>
    public override void add_param_group(ParamGroup param_group)
    {
        var parameters = param_group.Parameters.ToArray();
        if (parameters.Distinct(ReferenceEqualityComparer.Instance).Count() != parameters.Length || parameters.Any(_states.ContainsKey))
            throw new ArgumentException("A parameter appears in the groups of an optimizer more than once; it would be updated twice a step.", nameof(param_group));

        param_group.Parameters = parameters;
        param_group.Options.Complete(_defaults);
        base.add_param_group(param_group);
        foreach (var parameter in parameters)
        {
            var state = NewState(parameter);
            state.Initialize(param_group.Options);
            _states.Add(parameter, state);
        }
    }

    public override Tensor? step(Func<Tensor>? closure = null)
    {
        Tensor? loss = null;
        if (closure is not null)
        {
            using var recording = enable_grad();
            loss = closure();
        }

        using var frozen = no_grad();
        foreach (var group in _parameter_groups)
        {
            using var scope = NewDisposeScope();
            foreach (var set in UpdateSet.Of(group.Parameters, _states))
                Update(group.Options, set);
        }
        return loss;
    }

    /// <summary>Options and states, in the order of the groups and their parameters; live, so that a checkpoint can be read and written through it.</summary>
    public virtual StateDictionary state_dict()
    {
        var dictionary = new StateDictionary();
        foreach (var group in _parameter_groups)
        {
            dictionary.Options.Add(group.Options);
            var indices = new List<int>();
            foreach (var parameter in group.Parameters)
            {
                indices.Add(dictionary.State.Count);
                dictionary.State.Add(_states[parameter]);
            }
            dictionary.StateIndexRef.Add(indices);
        }
        return dictionary;
    }

    /// <summary>Copies options and states of an optimizer of the same kind over parameters of the same shapes in the same order.</summary>
    public virtual void load_state_dict(StateDictionary state_dict)
    {
        var mine = this.state_dict();
        if (mine.Options.Count != state_dict.Options.Count || mine.State.Count != state_dict.State.Count)
            throw new ArgumentException(
                $"The checkpoint has {state_dict.Options.Count} groups and {state_dict.State.Count} parameters; this optimizer has {mine.Options.Count} and {mine.State.Count}.", nameof(state_dict));

        foreach (var (target, source) in mine.Options.Zip(state_dict.Options))
            target.LoadStateDict(source);
        foreach (var (target, source) in mine.State.Zip(state_dict.State))
            target.LoadStateDict(source);
    }

    /// <summary>Moves the states; the parameters are the module's to move.</summary>
    public void to(Device device)
    {
        foreach (var state in _states.Values)
            state.to(device);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var state in _states.Values)
                state.Dispose();
            _states.Clear();
        }
        base.Dispose(disposing);
    }
}
