using Sequence.Components;
using Sequence.Framework.Conformance;
using Sequence.Framework.Plugins;
using static TorchSharp.torch;

namespace Sequence.Conformance.Tests;

/// <summary>The components of the plugins that a host finds, each in the variants that its plugin names.</summary>
internal static class Installed
{
    public static SequenceHost Host { get; } = Start();

    /// <summary>Every mixer in every variant.</summary>
    public static IReadOnlyList<MixerEntrant> Mixers { get; } = MixerEntrant.Of(Host);

    /// <summary>Every cache policy in every variant.</summary>
    public static IReadOnlyList<PolicyEntrant> Policies { get; } = PolicyEntrant.Of(Host);

    /// <summary>Every variant of every component of a kind, as the JSON that names it.</summary>
    public static IReadOnlyList<string> Names<T>()
        where T : class
        => [.. VariantFile.Of<T>(Host).Select(variant => variant.Text)];

    /// <summary>The same, as the cases of a test.</summary>
    public static TheoryData<string> Variants<T>()
        where T : class
        => [.. Names<T>()];

    /// <summary>Makes a variant, as the only block of a model.</summary>
    public static T Create<T>(string variant, int width)
        where T : class
        => VariantFile.Of<T>(Host).First(each => each.Text == variant).Bind<T>(Host).Create(new ComponentContext(width, Layer: 0, Depth: 1));

    private static SequenceHost Start()
    {
        // the tensors of these tests are too small to share among threads
        set_num_threads(1);
        return SequenceHost.Start(new HostOptions());
    }
}
