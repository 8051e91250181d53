using Sequence.Benchmarks.Measuring;
using Sequence.Framework.Models;
using Sequence.Framework.Plugins;
using Sequence.Framework.Training;
using Sequence.Kernels.Registry;
using Sequence.Mixers;
using Sequence.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Benchmarks.Questions;

/// <summary>A model, and a session in it that has seen so many tokens.</summary>
internal sealed class DecodeCase : ICase
{
    private const int Vocabulary = 256;
    private const int CheckedTokens = 100;
    private const long Piece = 4_096;
    private const long Sampled = 512;

    private readonly SequenceModel _model;
    private readonly ModelState _state;
    private readonly DecodePath _path;
    private readonly Tensor[] _tokens;
    private readonly long[] _ids;
    private readonly double _differenceOnTheWay, _differenceAtPosition;
    private int _next;

    public DecodeCase(SequenceHost host, Setting setting, string mixer, long position)
    {
        manual_seed(1);
        using var gradients = no_grad();
        var options = host.Bind<ModelOptions>(Configured.Node($$"""
            { "dModel": 256, "norm": "rms", "blocks": [ { "repeat": 4, "mixer": "{{mixer}}" } ] }
            """));
        _model = new SequenceModel(options, new ModelInterface(Vocabulary, Vocabulary, TargetKind.Token));
        _model.eval();
        _model.to(setting.Device);
        // logits that tell tokens apart
        _model.named_parameters().Single(each => each.name == "embedding").parameter.normal_();
        _tokens = [.. Enumerable.Range(0, CheckedTokens).Select(_ => randint(Vocabulary, [1, 1], int64).to(setting.Device).DetachFromDisposeScope())];
        _ids = [.. _tokens.Select(token => token.item<long>())];
        _path = _model.CreateDecodePath();
        _state = _model.CreateState(1);
        var sample = new Random(1).NextInt64(Math.Max(1, position / Piece));
        for (var seen = 0L; seen < position; seen += Piece)
        {
            using var scope = NewDisposeScope();
            var tokens = randint(Vocabulary, [1, Math.Min(Piece, position - seen)], int64).to(setting.Device);
            if (seen == sample * Piece)
                _differenceOnTheWay = DifferenceFromReference(tokens.narrow(1, 0, Math.Min(Sampled, tokens.shape[1])));
            _model.Advance(tokens, SequenceContext.Dense, _state);
        }

        _differenceAtPosition = DifferenceOfSteps();
    }

    public string End => $"steps from the position, and {Sampled} tokens at a random place before it, with the reference from the same state";

    public void Run(Pass pass) => _path.Step(new ReadOnlySpan<long>(ref _ids[_next++ % CheckedTokens]), _state);

    public IReadOnlyDictionary<string, Tensor> Results(Pass pass)
    {
        using var fresh = _model.CreateState(1);
        return new Dictionary<string, Tensor>
        {
            ["output.0"] = cat([.. _ids.Select(token => _path.Step([token], fresh).clone())], 0),
        };
    }

    public void Save(string folder)
    {
        using var scope = NewDisposeScope();
        Write(folder, "weights", _model.named_parameters().ToDictionary(each => each.name.Replace(".layer.", ".", StringComparison.Ordinal), each => (Tensor)each.parameter));
        Write(folder, "tokens", new() { ["tokens"] = cat(_tokens, 1) });
    }

    public (long All, long Made)? Bytes(Pass pass) => null;

    public double? DifferenceOfPrefix(Pass pass, long tokens) => null;

    public double? DifferenceOfEnd(IReadOnlyDictionary<string, Tensor> results) => Math.Max(_differenceOnTheWay, _differenceAtPosition);

    public void Dispose()
    {
        foreach (var token in _tokens)
            token.Dispose();
        _state.Dispose();
        _path.Dispose();
        _model.Dispose();
    }

    /// <summary>How far states and logits differ after the next tokens, from those of the reference forms.</summary>
    private double DifferenceFromReference(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        using var ours = _state.Fork();
        using var theirs = _state.Fork();
        var logits = _model.Advance(tokens, SequenceContext.Dense, ours);
        using var reference = KernelScope.Prefer(KernelPreference.Reference);
        return Agreement.Worst(Named(logits, ours), Named(_model.Advance(tokens, SequenceContext.Dense, theirs), theirs));
    }

    /// <summary>The same, ours by steps from the position.</summary>
    private double DifferenceOfSteps()
    {
        using var scope = NewDisposeScope();
        using var ours = _state.Fork();
        using var theirs = _state.Fork();
        var logits = stack([.. _ids.Select(token => _path.Step([token], ours).clone())], 1);
        using var reference = KernelScope.Prefer(KernelPreference.Reference);
        return Agreement.Worst(Named(logits, ours), Named(_model.Advance(cat(_tokens, 1), SequenceContext.Dense, theirs), theirs));
    }

    private static Dictionary<string, Tensor> Named(Tensor logits, ModelState state) =>
        state.Layers.SelectMany(layer => layer.Tensors).Prepend(logits).Index().ToDictionary(each => $"{each.Index}", each => each.Item);

    private static void Write(string folder, string name, Dictionary<string, Tensor> tensors)
    {
        using var file = File.Create(Path.Combine(folder, $"{name}.safetensors"));
        Safetensors.Write(file, tensors);
    }
}
