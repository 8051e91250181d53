using System.Globalization;
using Sequence.Framework.Models;
using static TorchSharp.torch;

namespace Sequence.Framework.Training;

/// <summary>
/// The checkpoints of a run: a folder a step, which is there whole or not at all, with the model, the optimizer's moments and the state of
/// the loop. The latest is kept to resume from, and the best to choose.
/// </summary>
internal sealed class CheckpointFolder(string path)
{
    private const string Model = "model.safetensors";
    private const string Optimizer = "optimizer.safetensors";
    private const string Loop = "loop.json";

    /// <summary>The folder of the latest checkpoint; null before the first.</summary>
    public string? Latest => Entries().LastOrDefault()?.Folder;

    /// <summary>Writes a checkpoint, then removes those that are neither it nor the best.</summary>
    public void Save(SequenceModel model, ModelOptimizer optimizer, LoopState state)
    {
        Directory.CreateDirectory(path);
        var revision = Entries().Where(entry => entry.Step == state.Step).Select(entry => entry.Revision + 1).LastOrDefault();
        var folder = Path.Combine(path, new Entry(state.Step, revision, "").Name);
        AtomicFile.WriteFolder(folder, unfinished =>
        {
            using var scope = NewDisposeScope();
            AtomicFile.Write(Path.Combine(unfinished, Model), stream => Safetensors.Write(stream, model.state_dict()));
            AtomicFile.Write(Path.Combine(unfinished, Optimizer), stream => Safetensors.Write(stream, optimizer.Moments()));
            RunJson.Write(Path.Combine(unfinished, Loop), state);
        });

        var best = Entries().LastOrDefault(entry => entry.Step == state.Best?.Step);
        foreach (var old in Entries().Where(entry => entry.Folder != folder && entry.Folder != best?.Folder))
            Directory.Delete(old.Folder, recursive: true);
        foreach (var left in Directory.EnumerateDirectories(path).Where(AtomicFile.IsUnfinished).ToList())
            Directory.Delete(left, recursive: true);
    }

    /// <summary>Takes up the latest checkpoint; null where there is none.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or of another model.</exception>
    public LoopState? Restore(SequenceModel model, ModelOptimizer optimizer)
    {
        if (Latest is not { } latest)
            return null;

        var state = ReadState(latest);
        Read(Path.Combine(latest, Model), tensors => TensorSet.Copy(tensors, model.state_dict(), "model"));
        Read(Path.Combine(latest, Optimizer), optimizer.Restore);
        return state;
    }

    /// <summary>The state of the latest checkpoint; null where there is none.</summary>
    public LoopState? ReadLatestState() => Latest is { } latest ? ReadState(latest) : null;

    /// <summary>Takes up the parameters of the checkpoint after <paramref name="step"/> steps.</summary>
    public void RestoreParameters(SequenceModel model, long step) =>
        Read(Path.Combine(Entries().Last(entry => entry.Step == step).Folder, Model), tensors => TensorSet.Copy(tensors, model.state_dict(), "model"));

    private static LoopState ReadState(string folder) => RunJson.Read<LoopState>(Path.Combine(folder, Loop));

    private static void Read(string file, Action<Dictionary<string, Tensor>> use)
    {
        using var scope = NewDisposeScope();
        using var stream = File.OpenRead(file);
        try
        {
            use(Safetensors.Read(stream));
        }
        catch (InvalidDataException damaged)
        {
            throw new InvalidDataException($"{file}: {damaged.Message}", damaged);
        }
    }

    /// <summary>Whole checkpoints, first to last.</summary>
    private List<Entry> Entries() => !Directory.Exists(path) ? [] : [.. Directory.EnumerateDirectories(path, Entry.Prefix + "*")
        .Where(folder => !AtomicFile.IsUnfinished(folder))
        .Select(Entry.Of)
        .OrderBy(entry => entry.Step)
        .ThenBy(entry => entry.Revision)];

    /// <summary>
    /// A checkpoint after a step; a further revision where the step was saved before: with and without its evaluation, or because the run was
    /// stopped there, however often. Revisions only grow, since the earlier ones may be gone.
    /// </summary>
    private sealed record Entry(long Step, int Revision, string Folder)
    {
        public const string Prefix = "step-";

        public string Name => Prefix + Step.ToString("D9", CultureInfo.InvariantCulture) + (Revision == 0 ? "" : $".{Revision}");

        public static Entry Of(string folder)
        {
            var parts = Path.GetFileName(folder)[Prefix.Length..].Split('.');
            return new Entry(long.Parse(parts[0], CultureInfo.InvariantCulture), parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0, folder);
        }
    }
}
