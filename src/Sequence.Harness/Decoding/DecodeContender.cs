using Sequence.Caching;
using Sequence.Components;
using Sequence.Framework.Caching;
using Sequence.Framework.Models;
using Sequence.Tasks;
using TorchSharp;

namespace Sequence.Harness.Decoding;

/// <summary>A model under a policy.</summary>
/// <param name="Mixer">The model's name in the benchmark.</param>
/// <param name="PolicyName">The policy's; null for the model as it is.</param>
/// <param name="Model">The model.</param>
/// <param name="Policy">What decides about its entries in place of its own policies; null for those.</param>
public sealed record DecodeContender(string Mixer, string? PolicyName, ModelOptions Model, Component<CachePolicy>? Policy)
{
    /// <summary>The model under the policy, as the laws are to be held against it.</summary>
    public ModelOptions Verified => Policy is null ? Model : Model with { Cache = Policy };

    /// <summary>One for each model and policy, in their order.</summary>
    public static IReadOnlyList<DecodeContender> Of(DecodeOptions options) =>
    [
        .. options.Models.SelectMany(entry => entry.Value.Policies is { } policies
            ? policies.Select(policy => new DecodeContender(entry.Key, policy.Key, entry.Value.Model, policy.Value))
            : [new DecodeContender(entry.Key, null, entry.Value.Model, null)]),
    ];

    /// <summary>Builds the model, its weights drawn from <paramref name="seed"/>, ready to decode.</summary>
    /// <exception cref="ModelException">Its parts do not go together, or it is not a language model.</exception>
    public SequenceModel Build(int vocabulary, long seed, torch.Device device)
    {
        torch.manual_seed(seed);
        var model = new SequenceModel(Model, new ModelInterface(vocabulary, vocabulary, TargetKind.Token));
        model.eval();
        model.to(device);
        return model;
    }

    /// <summary>The plan of its sessions; null for the model's own.</summary>
    /// <exception cref="ModelException">The policy does not fit the model.</exception>
    public CachePlan? Plan(SequenceModel model) => Policy is null ? null : CachePlan.Of(model, Policy);

    /// <inheritdoc/>
    public override string ToString() => PolicyName is null ? Mixer : $"{Mixer} under {PolicyName}";
}
