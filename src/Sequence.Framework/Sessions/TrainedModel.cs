using Sequence.Caching;
using Sequence.Components;
using Sequence.Framework.Configuration;
using Sequence.Framework.Models;
using Sequence.Framework.Plugins;
using Sequence.Framework.Training;
using Sequence.Kernels.Registry;
using Sequence.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Framework.Sessions;

/// <summary>
/// The chosen checkpoint of a finished run, ready to be used: no training data is needed.
/// <code>
/// using var model = TrainedModel.Load("runs/verse");
/// using var session = model.StartSession();
/// await foreach (var piece in session.GenerateAsync("the sea "))
///     Console.Write(piece);
/// </code>
/// Any number of sessions may use it at the same time, on any threads. Sessions end before it does.
/// </summary>
public sealed class TrainedModel : IDisposable
{
    // null where the host is the caller's
    private readonly SequenceHost? _own;

    private TrainedModel(SequenceModel model, ITokenizer? tokenizer, KernelPreference kernels) => (Model, Tokenizer, Kernels) = (model, tokenizer, kernels);

    private TrainedModel(TrainedModel loaded, SequenceHost host, SequenceHost? own) : this(loaded.Model, loaded.Tokenizer, loaded.Kernels) =>
        (Components, _own) = (host.Components, own);

    /// <summary>The model, in evaluation mode.</summary>
    public SequenceModel Model { get; }

    /// <summary>The fitted tokenizer; null where the task has none.</summary>
    public ITokenizer? Tokenizer { get; }

    /// <summary>Which form of kernels the run preferred.</summary>
    public KernelPreference Kernels { get; }

    /// <summary>What its host has, to choose policies of sessions from: <c>Components.Read&lt;CachePolicy&gt;("sliding-window:256")</c>.</summary>
    public ComponentCatalog Components { get; } = ComponentCatalog.Empty;

    /// <summary>Loads the model of a run, with the plugins beside this program and those that <c>SEQUENCE_PLUGINS</c> names.</summary>
    /// <param name="runFolder">What <c>sequence train --output</c> wrote.</param>
    /// <param name="device">Where it is to run; null for the CPU.</param>
    /// <exception cref="RunFolderException">The folder does not hold a finished run.</exception>
    /// <exception cref="ConfigurationException">The run names components that there are not.</exception>
    public static TrainedModel Load(string runFolder, Device? device = null)
    {
        var host = SequenceHost.Start(new HostOptions());
        try
        {
            return new TrainedModel(LoadWith(host, runFolder, device ?? CPU), host, host);
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    /// <summary>Loads the model of a run, with the plugins of a host, which must outlive it.</summary>
    /// <exception cref="RunFolderException">The folder does not hold a finished run.</exception>
    /// <exception cref="ConfigurationException">The run names components that this host does not have.</exception>
    public static TrainedModel Load(SequenceHost host, string runFolder, Device device) => new(LoadWith(host, runFolder, device), host, own: null);

    /// <summary>Loads the model of a run whose options are bound already.</summary>
    /// <exception cref="RunFolderException">The folder does not hold a finished run.</exception>
    public static TrainedModel Load(RunOptions options, string runFolder, Device device)
    {
        var folder = Finished(runFolder);
        using var scope = NewDisposeScope();
        var model = new SequenceModel(options.Model, RunJson.Read<SavedModel>(folder.Model).Interface);
        try
        {
            using (var stream = File.OpenRead(folder.Parameters))
                TensorSet.Copy(Safetensors.Read(stream), model.state_dict(), "model");
            model.to(device);
            model.eval();
            foreach (var tensor in model.parameters().Concat(model.buffers()))
                tensor.DetachFromDisposeScope();
            return new TrainedModel(model, ReadTokenizer(options, folder), options.Kernels);
        }
        catch (InvalidDataException damaged)
        {
            throw new RunFolderException(folder.Path, damaged.Message);
        }
    }

    /// <summary>Begins a text.</summary>
    /// <param name="options">How the session remembers, computes and chooses; null for as the run says.</param>
    /// <exception cref="InvalidOperationException">The model is not a language model of text.</exception>
    /// <exception cref="ModelException">A policy does not fit the model.</exception>
    public GenerationSession StartSession(SessionOptions? options = null)
    {
        options = Settled(options);
        var tokenizer = OfText();
        return new GenerationSession(Model, tokenizer, Model.StartSession(options), new TextStream(tokenizer, options.Seed));
    }

    /// <summary>Begins rows of tokens, for who needs logits or has texts of his own making.</summary>
    /// <param name="options">How the session remembers and computes; null for as the run says.</param>
    /// <param name="batch">Rows, B.</param>
    /// <exception cref="InvalidOperationException">The model is no language model.</exception>
    /// <exception cref="ModelException">A policy does not fit the model.</exception>
    public TokenSession StartTokens(SessionOptions? options = null, int batch = 1) => Model.StartSession(Settled(options), batch);

    /// <summary>
    /// The texts after several prompts, in one batch: pieces as they come, the rows of a step in order; the last piece of each says why it ends. A text that has ended leaves the batch. Row r
    /// draws as a session of its own does, with the seed <c>options.Generation.Seed + r</c>, or <c>options.Seed + r</c> where that is null, whatever its neighbours are.
    /// </summary>
    /// <param name="prompts">Of any lengths, none without tokens.</param>
    /// <param name="options">How the session remembers, computes and chooses; null for as the run says.</param>
    /// <param name="cancellation">Looked at before each step, and between the chunks of prompts.</param>
    /// <exception cref="ArgumentException">A prompt has no tokens, or there is none; or an option is out of its range.</exception>
    public IEnumerable<GeneratedPiece> Generate(IReadOnlyList<string> prompts, SessionOptions? options = null, CancellationToken cancellation = default)
    {
        options = Settled(options);
        options.Generation.Validate();
        var tokenizer = OfText();
        ArgumentOutOfRangeException.ThrowIfZero(prompts.Count, nameof(prompts));
        List<long[]> tokens = [.. prompts.Select(tokenizer.Encode)];
        if (tokens.FindIndex(prompt => prompt.Length == 0) is >= 0 and var row)
            throw new ArgumentException($"The prompt of row {row} has no tokens: a model needs at least one to go on from.", nameof(prompts));
        return BatchGeneration.Run(Model, tokenizer, tokens, options, cancellation);
    }

    /// <summary>Goes on with a session that <see cref="GenerationSession.Save"/> wrote, under the policies that it was saved with.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What it is to go on with: policies that are named here have to be those of the file. Null for as it was saved.</param>
    /// <exception cref="InvalidDataException">It is no such file, or was saved with another model, other plugins or other policies.</exception>
    public GenerationSession LoadSession(string path, SessionOptions? options = null)
    {
        var file = SessionFile.Open(path);
        options = Settled(options, file.Saved.Kernels);
        options = options with
        {
            Cache = options.Cache ?? file.Component<CachePolicy>(file.Saved.Cache, Components),
            State = options.State ?? file.Component<StatePolicy>(file.Saved.State, Components),
        };
        var tokenizer = OfText();
        var saved = file.Saved.Text ?? throw new InvalidDataException($"{path} holds rows of tokens, not a text: go on with it by {nameof(SequenceModel)}.{nameof(SequenceModel.LoadSession)}.");
        return new GenerationSession(Model, tokenizer, file.Resume(Model, options), new TextStream(tokenizer, saved));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Model.Dispose();
        _own?.Dispose();
    }

    private static TrainedModel LoadWith(SequenceHost host, string runFolder, Device device) =>
        Load(host.Bind<RunOptions>(ConfigNode.Read(Finished(runFolder).Config)), runFolder, device);

    private SessionOptions Settled(SessionOptions? options, KernelPreference? saved = null)
    {
        options ??= new();
        return options with { Kernels = options.Kernels ?? saved ?? Kernels };
    }

    private ITokenizer OfText()
    {
        if (Model.Interface.Targets != TargetKind.Token)
            throw new InvalidOperationException("The model tells one class of a whole sequence; only a language model, trained on a task with a target for every token, generates.");
        return Tokenizer ?? throw new InvalidOperationException("The run has no tokenizer: its task is not about text.");
    }

    private static RunFolder Finished(string path)
    {
        var folder = new RunFolder(path);
        if (!folder.HasRun)
            throw new RunFolderException(folder.Path, "holds no run: there is no config.json. Name the folder that 'sequence train --output' wrote.");
        if (!File.Exists(folder.Parameters) || !File.Exists(folder.Model))
            throw new RunFolderException(folder.Path, "holds a run that is not finished. Finish it with 'sequence train --resume' first.");
        return folder;
    }

    /// <summary>The tokenizer that the task's options choose, with what it learned.</summary>
    private static ITokenizer? ReadTokenizer(RunOptions options, RunFolder folder)
    {
        if (!File.Exists(folder.Tokenizer))
            return null;

        var task = options.Task.Options;
        var chosen = task.GetType().GetProperties().Where(property => property.PropertyType == typeof(Component<ITokenizer>))
            .Select(property => (Component<ITokenizer>?)property.GetValue(task)).FirstOrDefault(component => component is not null);
        if (chosen is null)
            return null;

        var tokenizer = chosen.Create(ComponentContext.None);
        using var stream = File.OpenRead(folder.Tokenizer);
        tokenizer.Load(stream);
        return tokenizer;
    }
}
