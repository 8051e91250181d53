using Sequence.Benchmarks.Measuring;
using Sequence.Framework.Training;
using static TorchSharp.torch;

namespace Sequence.Benchmarks.Questions;

/// <summary>An operation from tensors to tensors, with the gradients of its outputs given.</summary>
public sealed class OperationCase : ICase
{
    private readonly Setting _setting;
    private readonly Func<Func<string, Tensor>, Tensor[]> _operation;
    private readonly Dictionary<string, Tensor> _inputs, _constants;
    private readonly int _time;
    private readonly long _tokens;
    private readonly IDisposable? _owned;
    private readonly IEnding? _ending;
    private Tensor[] _borrowed = [];
    private Tensor[]? _gradients;
    private Dictionary<string, Tensor>? _end;

    /// <param name="setting">Where it is, and in which element type.</param>
    /// <param name="tokens">T.</param>
    /// <param name="inputs">What gradients are taken to.</param>
    /// <param name="operation">From tensors by name to outputs.</param>
    /// <param name="constants">What no gradients are taken to.</param>
    /// <param name="time">Which dimension of inputs and outputs is time: where it is T long, it is time.</param>
    /// <param name="owned">Disposed of with the case.</param>
    /// <param name="ending">How the last tokens are computed once more; null where the peer is asked at every length.</param>
    public OperationCase(
        Setting setting, long tokens, Dictionary<string, Tensor> inputs, Func<Func<string, Tensor>, Tensor[]> operation, Dictionary<string, Tensor>? constants = null, int time = 1,
        IDisposable? owned = null, IEnding? ending = null)
    {
        (_setting, _tokens, _operation, _time, _owned, _ending) = (setting, tokens, operation, time, owned, ending);
        _inputs = inputs.ToDictionary(each => each.Key, each => setting.Place(each.Value).DetachFromDisposeScope().requires_grad_());
        _constants = (constants ?? []).ToDictionary(each => each.Key, each => setting.Place(each.Value));
        foreach (var constant in _constants.Values)
            constant.DetachFromDisposeScope();
    }

    private Tensor[] Gradients => _gradients ??= DrawGradients();

    /// <inheritdoc/>
    public void Run(Pass pass)
    {
        using var scope = NewDisposeScope();
        if (pass == Pass.Forward)
            Forward();
        else
            Both(Gradients);
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> Results(Pass pass) => pass == Pass.Forward ? Named(Forward(), []) : Both(Gradients);

    /// <inheritdoc/>
    public void Save(string folder)
    {
        Write(folder, "inputs", _inputs);
        Write(folder, "constants", _constants);
        Write(folder, "gradients", Gradients.Index().ToDictionary(each => $"{each.Index:00}", each => each.Item));
    }

    /// <inheritdoc/>
    public (long All, long Made)? Bytes(Pass pass)
    {
        var (inputs, outputs) = (Sum(_inputs.Values) + Sum(_constants.Values), Sum(Gradients));
        return pass == Pass.Forward ? (inputs + outputs, outputs) : (inputs + Sum(_inputs.Values) + 2 * outputs, outputs + Sum(_inputs.Values));
    }

    /// <inheritdoc/>
    public double? DifferenceOfPrefix(Pass pass, long tokens)
    {
        if (!_inputs.Values.Any(IsOverTime) || !Gradients.Any(IsOverTime))
            return null;

        using var scope = NewDisposeScope();
        using var prefix = new OperationCase(
            _setting, tokens, _inputs.ToDictionary(each => each.Key, each => IsOverTime(each.Value) ? Prefix(each.Value.detach(), tokens) : each.Value), _operation,
            _constants.ToDictionary(each => each.Key, each => Prefix(each.Value, tokens)), _time);
        // the same tensors, since a layer knows its parameters by themselves
        prefix._borrowed = [.. _inputs.Where(each => !IsOverTime(each.Value)).Select(each => each.Value)];
        // later outputs and the last state have no gradient, so neither side knows of what comes after
        prefix._gradients = [.. Gradients.Select(gradient => IsOverTime(gradient) ? Prefix(gradient, tokens).DetachFromDisposeScope() : zeros_like(gradient).DetachFromDisposeScope())];
        Tensor[] masked = [.. Gradients.Select(gradient => Masked(gradient, tokens))];

        var few = prefix.Results(pass);
        var many = pass == Pass.Forward ? Named(Forward(), []) : Both(masked);
        var compared = many.Keys.Where(name => name.StartsWith("gradient.", StringComparison.Ordinal) || IsOverTime(many[name])).ToList();
        return Agreement.Worst(compared.ToDictionary(name => name, name => Prefix(many[name], tokens)), compared.ToDictionary(name => name, name => few[name]));
    }

    /// <inheritdoc/>
    public string End => _ending is null ? "" : $"the last {_ending.Tokens} with {_ending.Words}";

    /// <inheritdoc/>
    public double? DifferenceOfEnd(IReadOnlyDictionary<string, Tensor> results)
    {
        if (_ending is null)
            return null;
        using var scope = NewDisposeScope();
        // the same for every pass
        _end ??= _ending.Compute(_inputs.Concat(_constants).ToDictionary(), Gradients).ToDictionary(each => each.Key, each => each.Value.detach().clone().DetachFromDisposeScope());
        var compared = _end.Where(each => results.ContainsKey(each.Key)).ToDictionary();
        return Agreement.Worst(compared.ToDictionary(each => each.Key, each => Suffix(results[each.Key]).to(each.Value.dtype)), compared);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _inputs.Values.Concat(_constants.Values).Concat(_gradients ?? []).Concat(_end?.Values ?? Enumerable.Empty<Tensor>()).Except(_borrowed, ReferenceEqualityComparer.Instance).Cast<Tensor>())
            tensor.Dispose();
        _owned?.Dispose();
    }

    private static void Write(string folder, string name, Dictionary<string, Tensor> tensors)
    {
        using var file = File.Create(Path.Combine(folder, $"{name}.safetensors"));
        Safetensors.Write(file, tensors);
    }

    private static long Sum(IEnumerable<Tensor> tensors) => tensors.Sum(tensor => tensor.numel() * tensor.element_size());

    private Tensor[] Outputs() => _operation(name => _inputs.TryGetValue(name, out var input) ? input : _constants[name]);

    private Tensor[] Forward()
    {
        using var gradients = no_grad();
        return Outputs();
    }

    private Dictionary<string, Tensor> Both(Tensor[] gradients)
    {
        var outputs = Outputs();
        return Named(outputs, autograd.grad(outputs, [.. _inputs.Values], gradients));
    }

    private Dictionary<string, Tensor> Named(Tensor[] outputs, IList<Tensor> gradients)
    {
        var named = outputs.Index().ToDictionary(each => $"output.{each.Index}", each => each.Item);
        foreach (var (name, gradient) in _inputs.Keys.Zip(gradients))
            named.Add($"gradient.{name}", gradient);
        return named;
    }

    private Tensor[] DrawGradients()
    {
        using var scope = NewDisposeScope();
        return [.. Forward().Select(output => randn_like(output).DetachFromDisposeScope())];
    }

    private bool IsOverTime(Tensor tensor) => tensor.dim() > _time && tensor.shape[_time] == _tokens;

    private Tensor Prefix(Tensor tensor, long tokens) => IsOverTime(tensor) ? tensor.narrow(_time, 0, tokens).contiguous() : tensor.clone();

    private Tensor Suffix(Tensor tensor) => IsOverTime(tensor) ? tensor.detach().narrow(_time, _tokens - _ending!.Tokens, _ending.Tokens) : tensor.detach();

    private Tensor Masked(Tensor gradient, long tokens)
    {
        var masked = zeros_like(gradient);
        if (IsOverTime(gradient))
            masked.narrow(_time, 0, tokens).copy_(gradient.narrow(_time, 0, tokens));
        return masked;
    }
}
