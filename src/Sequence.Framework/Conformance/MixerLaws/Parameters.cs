using Sequence.Framework.Conformance.Runs;
using Sequence.Framework.Training;
using Sequence.Mixers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance.MixerLaws;

/// <summary>A weight that is not registered is silently neither trained nor saved.</summary>
internal sealed class Parameters : IMixerLaw
{
    // so many tokens that a scan over chunks of 64 has something to combine
    private const long T = 200;

    // more than rounding in bfloat16 swallows
    private const double StepSize = 0.1;

    public string Name => "parameters";

    public string Description => "Every parameter and every tensor that is held is registered, once; every parameter gets a gradient, is changed by a step of the optimizer, moves to another element type and is saved.";

    public void Judge(Candidate candidate, Findings findings)
    {
        Registered(candidate, findings);
        Trained(candidate, findings);
        Moved(candidate, findings);
        Saved(candidate, findings);
    }

    private static void Registered(Candidate candidate, Findings findings)
    {
        using var mixer = candidate.Make();
        var registered = mixer.named_parameters().ToList();
        foreach (var twins in registered.GroupBy(each => each.parameter.Handle).Where(twins => twins.Count() > 1))
            findings.Holds(false, () => $"the parameter {twins.First().name} is registered {twins.Count()} times: {string.Join(", ", twins.Select(each => each.name))}");

        var known = registered.Select(each => each.parameter.Handle).Concat(mixer.named_buffers().Select(each => each.buffer.Handle)).ToHashSet();
        foreach (var (name, tensor) in HeldTensors.Of(mixer).Where(each => !known.Contains(each.Tensor.Handle)))
        {
            var remedy = tensor is Parameter || tensor.requires_grad
                ? "is no registered parameter: call RegisterComponents() after the fields are set, and hold what is trained as a Parameter"
                : "is neither a parameter nor a buffer, so that it is neither moved nor saved: register it, or make it where it is used";
            findings.Holds(false, () => $"{name} [{string.Join(", ", tensor.shape)}] {remedy}");
        }

        var saved = mixer.state_dict();
        foreach (var (name, _) in registered)
            findings.Holds(saved.ContainsKey(name), () => $"{name} is not in the state dictionary");
    }

    private static void Trained(Candidate candidate, Findings findings)
    {
        using var mixer = candidate.Make();
        var parameters = mixer.named_parameters().ToList();
        if (parameters.Count == 0)
            return;

        var before = parameters.Select(each => each.parameter.detach().clone()).ToArray();
        using var optimizer = optim.AdamW(mixer.parameters(), lr: StepSize);
        var loss = mixer.Forward(candidate.Inputs(2, T), SequenceContext.Dense).square().sum();
        if (loss.requires_grad)
            loss.backward();
        foreach (var (name, parameter) in parameters)
            findings.Holds(parameter.grad is { } gradient && gradient.abs().max().ToDouble() > 0, () => $"no gradient reaches {name}");
        optimizer.step();
        foreach (var ((name, parameter), old) in parameters.Zip(before))
            findings.Holds(!parameter.detach().Equals(old), () => $"training leaves {name} as it was");
    }

    private static void Moved(Candidate candidate, Findings findings)
    {
        using var narrow = candidate.Make();
        using var wide = candidate.Make(ScalarType.Float64);
        foreach (var (name, parameter) in wide.named_parameters())
            findings.Holds(parameter.dtype == ScalarType.Float64, () => $"{name} stays {parameter.dtype} when the mixer moves to float64");

        var x = candidate.Inputs(2, 65);
        var y = wide.Score(x.to(float64));
        findings.Holds(y.dtype == ScalarType.Float64, () => $"outputs of a mixer moved to float64 are {y.dtype}");
        findings.Same(narrow.Score(x), y.to(x.dtype), () => $"{x.dtype} against float64");
    }

    private static void Saved(Candidate candidate, Findings findings)
    {
        using var mixer = candidate.Make();
        using var other = candidate.Make(seed: candidate.Seed + 1);
        using var file = new MemoryStream();
        Safetensors.Write(file, mixer.state_dict());
        file.Position = 0;
        TensorSet.Copy(Safetensors.Read(file), other.state_dict(), "mixer");

        var x = candidate.Inputs(1, T);
        findings.Exactly(mixer.Score(x), other.Score(x), () => "a mixer with the saved weights of another");
    }
}
