using System.ComponentModel.DataAnnotations;
using Sequence.Caching;
using Sequence.Components;
using static TorchSharp.torch;

namespace Outside;

/// <summary>Options of <see cref="DilatedWindow"/>.</summary>
public sealed record DilatedWindowOptions
{
    /// <summary>R, the entries held.</summary>
    [Range(0, 1 << 20)]
    public int Budget { get; init; } = 256;

    /// <summary>The part of R that is kept for the last entries.</summary>
    [Range(0.0, 1.0)]
    public double Recent { get; init; } = 0.5;

    /// <summary>n: of the entries before those, each n-th.</summary>
    [Range(1, 1 << 20)]
    public int Every { get; init; } = 8;
}

/// <summary>
/// The last W entries, and of those before them each n-th: R entries that reach back over W + n (R - W) tokens (after the dilated window of arXiv 2004.05150).
/// <code>
/// W          = floor(c R)
/// lifetime_j = j + W - 1 + (n (R - W) where n divides j)            [B, 1, n]
/// </code>
/// </summary>
public sealed class DilatedWindow(DilatedWindowOptions options) : CachePolicy, ILifetimePolicy
{
    public override CacheBudget Budget => CacheBudget.Of(options.Budget);

    public override bool FillsBudget => false;

    public override bool IsLossless => false;

    public override Tensor Retain(CacheView view) => view.Outliving(Lifetimes(view));

    public Tensor Lifetimes(CacheView view)
    {
        var (j, W) = (view.Positions, (long)(options.Recent * options.Budget));
        return j + W - 1 + (j % options.Every == 0).to(int64) * (options.Every * (options.Budget - W));
    }
}

/// <summary>Makes <see cref="DilatedWindow"/>.</summary>
public sealed class DilatedWindowFactory : IComponentFactory<CachePolicy, DilatedWindowOptions>
{
    public string Name => "dilated-window";

    public string Description => "The last entries, and of those before them each n-th.";

    public CachePolicy Create(DilatedWindowOptions options, ComponentContext context) => new DilatedWindow(options);
}
