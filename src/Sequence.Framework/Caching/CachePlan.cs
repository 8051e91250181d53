using Sequence.Caching;
using Sequence.Components;
using Sequence.Framework.Models;

namespace Sequence.Framework.Caching;

/// <summary>Which policy the cache of each depth of a model is under, in a session: one policy of a configuration, made once a depth.</summary>
public sealed class CachePlan
{
    private CachePlan(IReadOnlyList<CachePolicy?> policies) => Policies = policies;

    /// <summary>The policy of each depth, first to last; null where everything is kept, and where there are no entries.</summary>
    public IReadOnlyList<CachePolicy?> Policies { get; }

    /// <summary>The plan that keeps everything.</summary>
    public static CachePlan Full(SequenceModel model) => new([.. model.Mixers.Select(_ => (CachePolicy?)null)]);

    /// <summary>The policy at every depth that keeps entries, each made for its depth.</summary>
    /// <exception cref="ModelException">No depth keeps entries, or the policy does not fit one that does.</exception>
    public static CachePlan Of(SequenceModel model, Component<CachePolicy> policy)
    {
        if (!model.Mixers.Any(mixer => mixer is EntryMixer))
            throw new ModelException("cache", NoEntries(model));
        return new([.. model.Mixers.Select((mixer, depth) => mixer is EntryMixer keeper ? Made(keeper, depth) : null)]);

        CachePolicy Made(EntryMixer keeper, int depth)
        {
            try
            {
                var made = policy.Create(new ComponentContext(model.Options.DModel, depth, model.Mixers.Count));
                keeper.Check(made);
                return made;
            }
            catch (ArgumentException problem)
            {
                throw new ModelException("cache", $"\"{policy.Name}\" at depth {depth}: {problem.Message}", problem);
            }
        }
    }

    /// <summary>Why a policy has nothing to decide about in a model.</summary>
    internal static string NoEntries(SequenceModel model) =>
        $"no layer keeps entries of tokens ({string.Join(", ", model.Mixers.Select(mixer => mixer.GetName()).Distinct())}), so there is nothing for a cache policy to decide: leave \"cache\" out.";
}
