using Sequence.Mixers;
using Sequence.Scans;

namespace Sequence.Framework.Scans;

/// <summary>Makes a mixer of any layer that is written as a scan.</summary>
public static class ScanMixers
{
    /// <summary>The mixer, which takes the layer over.</summary>
    public static SequenceMixer Of(ScanLayer layer) => layer.Accept(new Maker());

    private sealed class Maker : IScanLayerVisitor<SequenceMixer>
    {
        public SequenceMixer Affine<TTransition, TState>(AffineLayer<TTransition, TState> layer)
            where TTransition : ITransition<TTransition, TState>
            where TState : IAffineState<TState>
            => new AffineScanMixer<TTransition, TState>(layer);

        public SequenceMixer Prefix<TState>(PrefixLayer<TState> layer)
            where TState : class, IScanState<TState>
            => new PrefixScanMixer<TState>(layer);
    }
}
