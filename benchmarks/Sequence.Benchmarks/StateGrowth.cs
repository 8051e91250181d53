using Sequence.Components;
using Sequence.Framework.Configuration;
using Sequence.Framework.Plugins;
using Sequence.Mixers;
using Spectre.Console;
using static TorchSharp.torch;

namespace Sequence.Benchmarks;

/// <summary>What one row of a mixer's state holds, counted in its tensors after tokens were streamed through it, not computed from what it declares.</summary>
/// <param name="Mixer">Its JSON.</param>
/// <param name="Parameters">Trained scalars of one layer.</param>
/// <param name="Bytes">By tokens seen.</param>
/// <param name="Measured">The growth class that the bytes show.</param>
/// <param name="Declared">The one that the mixer declares.</param>
internal sealed record StateGrowth(string Mixer, long Parameters, IReadOnlyDictionary<long, long> Bytes, Mixers.StateGrowth? Measured, Mixers.StateGrowth Declared)
{
    private const long Piece = 512;

    private static readonly long[] Stops = [1_024, 4_096, 16_384, 65_536];

    /// <summary>Every mixer of a file: <c>{ "width": D, "mixers": [ ... ] }</c>.</summary>
    public static IReadOnlyList<StateGrowth> Run(SequenceHost host, string file)
    {
        var config = ConfigNode.Read(file);
        var width = int.Parse(config["width"]!.Text!, System.Globalization.CultureInfo.InvariantCulture);
        return [.. config["mixers"]!.Children.Select(node => Of(host.Components.Bind<SequenceMixer>(node), node.ToJson().ToJsonString(), width))];
    }

    /// <summary>The rows as a table.</summary>
    public static Table Table(IReadOnlyList<StateGrowth> rows)
    {
        var table = new Table().AddColumns(["mixer", "parameters", .. Stops.Select(stop => $"bytes at {stop:n0}"), "growth measured", "declared"]);
        foreach (var row in rows)
            table.AddRow([Markup.Escape(row.Mixer), $"{row.Parameters:n0}", .. Stops.Select(stop => $"{row.Bytes[stop]:n0}"), $"{row.Measured?.ToString() ?? "none of them"}", $"{row.Declared}"]);
        return table;
    }

    private static StateGrowth Of(Component<SequenceMixer> component, string json, int width)
    {
        using var gradients = no_grad();
        using var mixer = component.Create(new ComponentContext(width, Layer: 0, Depth: 1));
        mixer.eval();
        var bytes = Stops.ToDictionary(stop => stop, stop => BytesAfter(stop, mixer, width));

        return new(json, mixer.parameters().Sum(parameter => parameter.numel()), bytes, Class(Stops.Select(stop => bytes[stop]).ToArray()), mixer.Cost.Growth);
    }

    private static long BytesAfter(long tokens, SequenceMixer mixer, int width)
    {
        // scans take a prompt as a whole; attention over a long one in pieces, since what it computes is a piece by all tokens large
        var piece = mixer.Cost.Growth == Mixers.StateGrowth.Linear ? Piece : tokens;
        using var state = mixer.CreateState(1);
        for (var seen = 0L; seen < tokens; seen += piece)
        {
            using var scope = NewDisposeScope();
            mixer.Advance(randn(1, piece, width), SequenceContext.Dense, state);
        }

        return state.Bytes;
    }

    /// <summary>Between stops that are each four times the one before: the same; or so much more each time; or four times as much, beside what is fixed.</summary>
    private static Mixers.StateGrowth? Class(long[] bytes)
    {
        var more = bytes.Zip(bytes.Skip(1), (before, after) => after - before).ToArray();
        if (more.All(difference => difference == 0))
            return Mixers.StateGrowth.Constant;
        if (more.All(difference => difference == more[0]))
            return Mixers.StateGrowth.Logarithmic;
        return more.Zip(more.Skip(1)).All(pair => pair.Second == 4 * pair.First) ? Mixers.StateGrowth.Linear : null;
    }
}
