using Sequence.Components;
using Sequence.Framework.Plugins;
using Sequence.Framework.Scans;
using Sequence.Mixers;
using Sequence.Scans;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance;

/// <summary>
/// An aggregation operator that JSON can choose, and what it declares: an aggregator, or the product of affine steps that a mixer written as a
/// recurrence brings along. Read off an instance, so that a plugin says it once, where it computes.
/// </summary>
/// <param name="Component">The aggregator or the mixer.</param>
/// <param name="Algebra">What it promises.</param>
/// <param name="State">The type of its nodes.</param>
/// <param name="Transition">The type of E of an affine recurrence; null for an aggregator.</param>
public sealed record ScanOperator(ComponentEntry Component, Algebra Algebra, Type State, Type? Transition)
{
    /// <summary>The schedules that may compute it.</summary>
    public IReadOnlyList<ScanSchedule> Schedules => [.. Enum.GetValues<ScanSchedule>().Where(schedule => Algebra.Allows(schedule))];

    /// <summary>Every operator of a host, each as the first of its plugin's variants declares it.</summary>
    /// <exception cref="Configuration.ConfigurationException">A plugin's variants are wrong.</exception>
    public static IReadOnlyList<ScanOperator> Of(SequenceHost host) =>
        [.. host.Components.All.Select(component => Of(host, component)).OfType<ScanOperator>()];

    private static ScanOperator? Of(SequenceHost host, ComponentEntry component)
    {
        if (component.Kind == typeof(Aggregator))
            return Read(host, component, (Aggregator aggregator) => new ScanOperator(component, aggregator.Algebra, typeof(ChunkState), null));
        return component.Kind == typeof(SequenceMixer)
            ? Read(host, component, (SequenceMixer mixer) => (mixer as IScheduledMixer)?.Layer.Accept(new Reader(component)))
            : null;
    }

    private static ScanOperator? Read<T>(SequenceHost host, ComponentEntry entry, Func<T, ScanOperator?> read)
        where T : nn.Module
    {
        using var scope = NewDisposeScope();
        var component = VariantFile.Of(host, entry)[0].Bind<T>(host);
        using var made = Width.First(width => component.Create(new ComponentContext(width, Layer: 0, Depth: 1)), Width.Usual).Made;
        return read(made);
    }

    private sealed class Reader(ComponentEntry component) : IScanLayerVisitor<ScanOperator?>
    {
        public ScanOperator? Affine<TTransition, TState>(AffineLayer<TTransition, TState> layer)
            where TTransition : ITransition<TTransition, TState>
            where TState : IAffineState<TState>
            => new(component, new AffineOperator<TTransition, TState>().Algebra, typeof(TState), typeof(TTransition));

        // its operator is the aggregator, which is listed by its own name
        public ScanOperator? Prefix<TState>(PrefixLayer<TState> layer)
            where TState : class, IScanState<TState>
            => null;
    }
}
