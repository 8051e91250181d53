using Sequence.Caching;

namespace Sequence.CachePolicies;

/// <summary>What policies that share a cache must be of one mind about.</summary>
internal static class Agreement
{
    /// <summary>One place to read keys at, and one form to hold them in.</summary>
    /// <exception cref="ArgumentException">They differ.</exception>
    public static void Require(string name, IReadOnlyList<CachePolicy> policies)
    {
        if (policies.Select(policy => policy.Positions).Distinct().Count() > 1)
            throw new ArgumentException($"{name}: some of its policies read keys at original positions, some at those in the cache. Give all of them the same \"positions\".");
        if (policies.Select(policy => policy.Storage).Distinct().Count() > 1)
            throw new ArgumentException($"{name}: some of its policies round entries, some do not. Put \"quantized\" around the whole instead.");
    }
}
