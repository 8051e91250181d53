namespace Sequence.Components;

/// <summary>
/// How JSON finds a component: a name, an options record, a factory. Implement it once a component; the host finds every implementation
/// in a plugin's assembly by scanning. <typeparamref name="TComponent"/> is one of the kinds that the host composes:
/// <see cref="Mixers.SequenceMixer"/> (or a <see cref="Scans.ScanLayer"/> or <see cref="Caching.EntryLayer"/>, which the host runs as one),
/// <see cref="Caching.CachePolicy"/>, <see cref="Caching.StatePolicy"/>, <see cref="Scans.Aggregator"/>, <see cref="Blocks.ChannelMixer"/>, <see cref="Blocks.Norm"/>, <see cref="Blocks.ReadOut"/>,
/// <see cref="Tasks.ITask"/>, <see cref="Tasks.ITokenizer"/>, <see cref="Tasks.IMetric"/>.
/// </summary>
/// <typeparam name="TComponent">The kind of component made.</typeparam>
/// <typeparam name="TOptions">
/// A record of init-only properties with defaults; <c>required</c> where there is none. Checked with
/// <see cref="System.ComponentModel.DataAnnotations"/> when bound; unknown keys are errors. A property of type
/// <see cref="Component{T}"/> nests another component (with <see cref="DefaultComponentAttribute"/> where JSON need not name it), <see cref="FilePath"/> a file; a record with a
/// <see cref="ShorthandAttribute"/> may be written as a single value.
/// </typeparam>
public interface IComponentFactory<TComponent, in TOptions>
    where TComponent : class
    where TOptions : class
{
    /// <summary>The name JSON uses, unique among components of its kind: lower case, words joined by hyphens.</summary>
    string Name { get; }

    /// <summary>One line for people: what it is, with its source.</summary>
    string Description { get; }

    /// <summary>Makes a component. Modules are made on the CPU in float32; the host moves them.</summary>
    TComponent Create(TOptions options, ComponentContext context);
}
