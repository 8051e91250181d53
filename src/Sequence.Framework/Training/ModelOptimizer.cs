using Sequence.Framework.Models;
using Sequence.Kernels.Optim;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sequence.Framework.Training;

/// <summary>
/// AdamW (Loshchilov, Hutter 2019) over a model: weight decay on parameters of two or more dimensions, embeddings included, none on vectors and scalars
/// (norms, biases, gates). The moments are the tensor library's, whichever form updates them.
/// </summary>
internal sealed class ModelOptimizer : IDisposable
{
    private readonly (string Name, Parameter Parameter)[] _parameters;
    private readonly AdamW _optimizer;
    private readonly AdamW.State[] _states;
    private readonly TrainingOptions _options;

    public ModelOptimizer(SequenceModel model, TrainingOptions options)
    {
        var named = model.named_parameters().ToList();
        var matrices = named.Where(entry => entry.parameter.dim() > 1).ToList();
        var vectors = named.Where(entry => entry.parameter.dim() <= 1).ToList();
        _parameters = [.. matrices, .. vectors];

        var groups = new[] { (matrices, options.WeightDecay), (vectors, 0.0) }.Where(group => group.Item1.Count > 0).Select(group =>
            new AdamW.ParamGroup(
                group.Item1.Select(entry => entry.parameter), options.LearningRate, options.Beta1, options.Beta2, weight_decay: group.Item2));
        _optimizer = optim.AdamW(groups, options.LearningRate, options.Beta1, options.Beta2);
        _states = [.. _optimizer.state_dict().State.Cast<AdamW.State>()];
        _options = options;
    }

    /// <summary>The parameters by their names in the model.</summary>
    public IReadOnlyList<(string Name, Parameter Parameter)> Parameters => _parameters;

    /// <summary>Updates the parameters by their gradients.</summary>
    public void Step(double learningRate)
    {
        if (_parameters.All(entry => FusedAdamW.Kernel.Fuses(entry.Parameter, FusedAdamW.Refusal(entry.Parameter))))
        {
            using var scope = NewDisposeScope();
            FusedAdamW.Step([.. Due()], new AdamWRates(learningRate, _options.Beta1, _options.Beta2));
            return;
        }

        foreach (var group in _optimizer.ParamGroups)
            group.LearningRate = learningRate;
        _optimizer.step();
    }

    /// <summary>
    /// The moments of every parameter and the count of its updates, by names of their own. A parameter without a gradient in some step has
    /// fewer updates than the others, and AdamW corrects its moments by its own count. The current scope owns the counts.
    /// </summary>
    public Dictionary<string, Tensor> Moments()
    {
        var moments = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (name, state) in States())
        {
            moments[$"exp_avg.{name}"] = state.exp_avg;
            moments[$"exp_avg_sq.{name}"] = state.exp_avg_sq;
            moments[UpdatesOf(name)] = tensor(state.step);
        }

        return moments;
    }

    /// <summary>Takes up what <see cref="Moments"/> gave.</summary>
    public void Restore(IReadOnlyDictionary<string, Tensor> moments)
    {
        TensorSet.Copy(moments, Moments(), "optimizer");
        foreach (var (name, state) in States())
            state.step = moments[UpdatesOf(name)].item<long>();
    }

    /// <inheritdoc/>
    public void Dispose() => _optimizer.Dispose();

    private static string UpdatesOf(string name) => $"step.{name}";

    private IEnumerable<(string Name, AdamW.State State)> States() => _parameters.Zip(_states, (entry, state) => (entry.Name, state));

    /// <summary>The parameters with a gradient, each at its next update.</summary>
    private IEnumerable<AdamWParameter> Due()
    {
        foreach (var ((_, parameter), state) in _parameters.Zip(_states))
        {
            if (parameter.grad is { } gradient)
                yield return new AdamWParameter(parameter, gradient, state.exp_avg, state.exp_avg_sq, ++state.step, parameter.dim() > 1 ? _options.WeightDecay : 0);
        }
    }
}
