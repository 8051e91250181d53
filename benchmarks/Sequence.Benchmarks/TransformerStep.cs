using System.Diagnostics;
using Sequence.Benchmarks.Measuring;
using Sequence.Framework.Models;
using Sequence.Framework.Plugins;
using Sequence.Framework.Training;
using Sequence.Mixers;
using Sequence.Tasks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sequence.Benchmarks;

/// <summary>
/// What does a Transformer's training step cost, beside the same model in PyTorch on the same libtorch? The peer starts from our weights and our batch; both
/// must report the same losses over the first steps, or the row is not correct.
/// </summary>
internal sealed class TransformerStep : IDisposable
{
    private const int Vocabulary = 8_192;
    private const int Heads = 8;
    private const double ClipNorm = 1;

    private readonly SequenceModel _model;
    private readonly AdamW _optimizer;
    private readonly Tensor _tokens;
    private readonly Tensor _targets;
    private readonly Parameter[] _parameters;

    private TransformerStep(ModelOptions options, int batch, int time)
    {
        manual_seed(1);
        _model = new SequenceModel(options, new ModelInterface(Vocabulary, Vocabulary, TargetKind.Token));
        _parameters = [.. _model.parameters()];
        _optimizer = optim.AdamW(
            [
                new AdamW.ParamGroup(_parameters.Where(parameter => parameter.dim() > 1), 1e-3, 0.9, 0.98, weight_decay: 0.01),
                new AdamW.ParamGroup(_parameters.Where(parameter => parameter.dim() <= 1), 1e-3, 0.9, 0.98, weight_decay: 0),
            ]);
        _tokens = randint(Vocabulary, [batch, time], int64);
        _targets = randint(Vocabulary, [batch, time], int64);
    }

    public static IReadOnlyList<Row> Run(SequenceHost host, bool quick)
    {
        List<Row> rows = [];
        foreach (var (D, layers, time, batch) in new[] { (128, 2, 128, 32), (512, 6, 256, 8) })
            rows.Add(Measure(host, D, layers, time, batch, rounds: quick ? 5 : 15));
        return rows;
    }

    private static Row Measure(SequenceHost host, int D, int layers, int time, int batch, int rounds)
    {
        var threads = Environment.ProcessorCount;
        set_num_threads(threads);
        var folder = Directory.CreateTempSubdirectory("transformer-step-").FullName;
        try
        {
            using var ours = new TransformerStep(Options(host, folder, D, layers), batch, time);
            Save(folder, "weights", ours._model.named_parameters().ToDictionary(each => each.name, each => (Tensor)each.parameter));
            Save(folder, "batch", new Dictionary<string, Tensor> { ["tokens"] = ours._tokens, ["targets"] = ours._targets });
            using var peer = Peer.Start("transformer_step.py", folder, $"{threads}", $"{Heads}");

            var correct = true;
            for (var step = 0; step < 3; step++)
            {
                var (loss, theirs) = (ours.Step(), peer.Ask<double>("loss"));
                correct &= Math.Abs(loss - theirs) <= 1e-3 * theirs;
            }

            var timed = SideBySide.Measure(rounds, ours.TimedStep, () => peer.Ask<double>("step"));
            return new Row($"transformer-step/D={D},L={layers},B={batch}")
            {
                T = time, Pass = "training step", OursMs = timed.Median(0), Peer = "pytorch", PeerMs = timed.Median(1), Ratio = timed.Ratio(1, over: 0), Correct = correct,
            };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static ModelOptions Options(SequenceHost host, string folder, int D, int layers)
    {
        var file = Path.Combine(folder, "model.json");
        File.WriteAllText(file, $$"""
            {
              "dModel": {{D}},
              "norm": "layer",
              "blocks": [ { "repeat": {{layers}}, "mixer": { "name": "attention", "heads": {{Heads}} }, "channelMixer": "mlp" } ]
            }
            """);
        return host.Load<ModelOptions>(file, []);
    }

    private static void Save(string folder, string name, Dictionary<string, Tensor> tensors)
    {
        using var file = File.Create(Path.Combine(folder, $"{name}.safetensors"));
        Safetensors.Write(file, tensors);
    }

    private double Step()
    {
        using var scope = NewDisposeScope();
        var loss = Loss();
        loss.backward();
        nn.utils.clip_grad_norm_(_parameters, ClipNorm);
        _optimizer.step();
        _model.zero_grad();
        return loss.ToDouble();
    }

    private Tensor Loss()
    {
        using var scope = NewDisposeScope();
        var logits = _model.Forward(_tokens, SequenceContext.Dense);
        return nn.functional.cross_entropy(logits.view(-1, Vocabulary), _targets.view(-1)).MoveToOuterDisposeScope();
    }

    private double TimedStep()
    {
        var start = Stopwatch.GetTimestamp();
        Step();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    public void Dispose()
    {
        _tokens.Dispose();
        _targets.Dispose();
        _optimizer.Dispose();
        _model.Dispose();
    }
}
