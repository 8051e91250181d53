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

/// <summary>The chosen checkpoint of a finished run, ready to be used: no training data is needed.</summary>
public sealed class TrainedModel : IDisposable
{
    private readonly Device _device;

    private TrainedModel(SequenceModel model, ITokenizer? tokenizer, Device device, KernelPreference kernels) =>
        (Model, Tokenizer, _device, Kernels) = (model, tokenizer, device, kernels);

    /// <summary>The model, in evaluation mode.</summary>
    public SequenceModel Model { get; }

    /// <summary>The fitted tokenizer; null where the task has none.</summary>
    public ITokenizer? Tokenizer { get; }

    /// <summary>Loads the model of a run, with the plugins of a host.</summary>
    /// <exception cref="RunFolderException">The folder does not hold a finished run.</exception>
    /// <exception cref="ConfigurationException">The run names components that this host does not have.</exception>
    public static TrainedModel Load(SequenceHost host, string runFolder, Device device)
    {
        var folder = Finished(runFolder);
        return Load(host.Bind<RunOptions>(ConfigNode.Read(folder.Config)), runFolder, device);
    }

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
            return new TrainedModel(model, ReadTokenizer(options, folder), device, options.Kernels);
        }
        catch (InvalidDataException damaged)
        {
            throw new RunFolderException(folder.Path, damaged.Message);
        }
    }

    /// <summary>Which form of kernels the run preferred.</summary>
    public KernelPreference Kernels { get; }

    /// <summary>Begins a stream of text, in the form of kernels that the run preferred.</summary>
    /// <exception cref="InvalidOperationException">The model is not a language model of text.</exception>
    public GenerationSession StartSession() => StartSession(Kernels);

    /// <summary>Begins a stream of text.</summary>
    /// <param name="kernels">Which form of kernels it prefers.</param>
    /// <exception cref="InvalidOperationException">The model is not a language model of text.</exception>
    public GenerationSession StartSession(KernelPreference kernels)
    {
        if (Model.Interface.Targets != TargetKind.Token)
            throw new InvalidOperationException("The model tells one class of a whole sequence; only a language model, trained on a task with a target for every token, generates.");
        return new GenerationSession(Model, Tokenizer ?? throw new InvalidOperationException("The run has no tokenizer: its task is not about text."), _device, kernels);
    }

    /// <inheritdoc/>
    public void Dispose() => Model.Dispose();

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
