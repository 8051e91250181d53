using System.Text.Json;
using System.Text.Json.Nodes;
using Sequence.Components;
using Sequence.Framework.Caching;
using Sequence.Framework.Configuration;
using Sequence.Framework.Models;
using Sequence.Framework.Plugins;
using Sequence.Framework.Training;
using Sequence.Mixers;
using static TorchSharp.torch;

namespace Sequence.Framework.Sessions;

/// <summary>
/// A session in one file of the safetensors format: tensors <c>layers.DEPTH.NUMBER</c> and <c>logits.ROW</c>, and in its metadata <c>session</c>, a
/// <see cref="SavedSession"/> in JSON. Data only, never code.
/// </summary>
internal sealed class SessionFile
{
    private const string Key = "session";

    private readonly string _path;

    private SessionFile(string path, SavedSession saved) => (_path, Saved) = (path, saved);

    /// <summary>Its header.</summary>
    public SavedSession Saved { get; }

    /// <summary>Writes a file, at once or not at all.</summary>
    public static void Write(string path, SequenceModel model, TokenSession session, SavedText? text)
    {
        using var scope = NewDisposeScope();
        var state = session.State;
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (depth, layer) in state.Layers.Index())
        {
            foreach (var (number, tensor) in layer.Tensors.Index())
                tensors.Add(Layer(depth, number), tensor);
        }

        for (var row = 0; row < session.Batch; row++)
            tensors.Add(Logits(row), tensor(session.Logits(row).ToArray()));

        var options = session.Options;
        var saved = new SavedSession(
            SavedSession.CurrentFormat, ModelIdentity.Of(model, options), OptionsJson.Of(options.Cache), OptionsJson.Of(options.State), options.Kernels, options.PrefillChunk,
            [.. state.Layers.Select(layer => layer.Positions)], state.Seen, text);
        var metadata = new Dictionary<string, string> { [Key] = JsonSerializer.Serialize(saved, RunJson.Line) };
        AtomicFile.Write(path, stream => Safetensors.Write(stream, tensors, metadata));
    }

    /// <summary>Reads the header of a file.</summary>
    /// <exception cref="InvalidDataException">It is no file of a session.</exception>
    public static SessionFile Open(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var saved = Safetensors.ReadMetadata(stream).TryGetValue(Key, out var json) ? JsonSerializer.Deserialize<SavedSession>(json, RunJson.Line) : null;
            if (saved is null)
                throw new InvalidDataException("it holds tensors, but no session.");
            if (saved.Format != SavedSession.CurrentFormat)
                throw new InvalidDataException($"its format is {saved.Format}; this version reads {SavedSession.CurrentFormat}.");
            return saved.IsSound ? new SessionFile(path, saved) : throw new InvalidDataException("its header lacks something, or says what cannot be.");
        }
        catch (Exception unreadable) when (unreadable is InvalidDataException or JsonException or NotSupportedException)
        {
            throw new InvalidDataException($"{path} is no saved session: {unreadable.Message}", unreadable);
        }
    }

    /// <summary>Goes on from the file.</summary>
    /// <exception cref="InvalidDataException">It was saved with another model, other plugins or other policies, or is damaged.</exception>
    public TokenSession Resume(SequenceModel model, SessionOptions options)
    {
        options = options with { Kernels = options.Kernels ?? Saved.Kernels, PrefillChunk = options.PrefillChunk ?? Saved.PrefillChunk };
        var identity = ModelIdentity.Of(model, options);
        Refuse(identity.Difference(Saved.Model));
        Refuse(Difference("cache policy", Saved.Cache, OptionsJson.Of(options.Cache)));
        Refuse(Difference("state policy", Saved.State, OptionsJson.Of(options.State)));
        Refuse(identity.PluginDifference(Saved.Model));

        using var scope = NewDisposeScope();
        var rows = Saved.Seen.Count;
        using var begun = model.StartSession(options, rows);
        using var stream = File.OpenRead(_path);
        try
        {
            var tensors = Safetensors.Read(stream);
            var layers = begun.State.Layers.Count;
            if (Saved.Positions.Count != layers)
                throw new InvalidDataException($"it has {Saved.Positions.Count} layers and the model {layers}.");
            List<Tensor>[] held = [.. Enumerable.Range(0, layers).Select(depth => Of(tensors, depth))];
            foreach (var (depth, layer) in begun.State.Layers.Index())
                Hold(depth, layer, held[depth], model.Mixers[depth].Cost.Growth == StateGrowth.Constant);
            float[][] logits = [.. Enumerable.Range(0, rows).Select(row => tensors[Logits(row)].data<float>().ToArray())];
            if (logits.Any(row => row.Length != 0 && row.Length != model.Interface.Classes))
                throw new InvalidDataException($"its logits are not of {model.Interface.Classes} classes.");
            return TokenSession.Of(model, options, begun.State.Restore(Saved.Positions, Saved.Seen, held), logits);
        }
        catch (Exception damaged) when (damaged is InvalidDataException or ArgumentException or KeyNotFoundException)
        {
            throw new InvalidDataException($"{_path} is damaged: {damaged.Message}", damaged);
        }
    }

    /// <summary>A policy of the file, from what a host has; null where there is none.</summary>
    /// <exception cref="InvalidDataException">The host does not have it.</exception>
    public Component<T>? Component<T>(JsonNode? policy, ComponentCatalog components)
        where T : class
    {
        try
        {
            return policy is null ? null : components.Read<T>(policy.ToJsonString(), _path);
        }
        catch (ConfigurationException missing)
        {
            throw new InvalidDataException($"{_path} cannot be gone on with here: {missing.Message}", missing);
        }
    }

    private static string Layer(int depth, int number) => $"layers.{depth}.{number}";

    private static string Logits(int row) => $"logits.{row}";

    private static List<Tensor> Of(Dictionary<string, Tensor> tensors, int depth)
    {
        List<Tensor> layer = [];
        while (tensors.TryGetValue(Layer(depth, layer.Count), out var tensor))
            layer.Add(tensor);
        return layer;
    }

    /// <summary>Holds the tensors of a layer against those of a state of as many rows: of the same types and shapes, but for the number of entries of a cache, and of roots.</summary>
    private static void Hold(int depth, MixerState like, List<Tensor> tensors, bool isConstant)
    {
        const int Columns = 2;
        var scanned = like is EntryCache { Scan: { } scan } ? scan.Tensors.Count : 0;
        long? width = null;
        for (var number = 0; number < tensors.Count; number++)
        {
            var expected = number < like.Tensors.Count ? like.Tensors[number] : null;
            var tensor = tensors[number];
            var isColumn = like is EntryCache && number > scanned;
            long[] shape = [.. tensor.shape];
            if (isColumn && shape.Length > Columns)
            {
                width ??= shape[Columns];
                shape[Columns] = shape[Columns] == width ? 0 : -1;
            }

            var isSound = shape.Length > 0 && shape[0] == like.Batch
                && (expected is null || expected.dtype == tensor.dtype)
                && (!(isConstant || like is EntryCache) || (expected is not null && shape.SequenceEqual(expected.shape)));
            if (!isSound)
                throw new InvalidDataException($"tensor {number} of layer {depth} is {tensor.dtype} [{string.Join(", ", tensor.shape)}], which this model's state cannot be.");
        }
    }

    private static string? Difference(string kind, JsonNode? saved, JsonNode? here) => JsonNode.DeepEquals(saved, here)
        ? null
        : $"it was saved with {(saved is null ? $"no {kind} of its own" : $"the {kind} {saved.ToJsonString()}")}, and is to go on with {(here is null ? "none" : here.ToJsonString())}: leave the policy as it was, or begin a new session";

    private void Refuse(string? difference)
    {
        if (difference is not null)
            throw new InvalidDataException($"{_path} cannot be gone on with here: {difference}.");
    }
}
