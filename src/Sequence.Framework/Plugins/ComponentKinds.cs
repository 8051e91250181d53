using Sequence.Framework.Configuration;
using Sequence.Mixers;

namespace Sequence.Framework.Plugins;

/// <summary>What people call the kinds of components.</summary>
internal static class ComponentKinds
{
    /// <summary>The kind in a word: <c>ITokenizer</c> is a tokenizer, <c>ChannelMixer</c> a channel-mixer, and what mixes along time is the mixer.</summary>
    public static string NameOf(Type kind) => kind == typeof(SequenceMixer)
        ? "mixer"
        : ConfigKeys.Kebab(kind.IsInterface && kind.Name.StartsWith('I') ? kind.Name[1..] : kind.Name);
}
