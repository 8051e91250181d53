using Sequence.Components;
using Sequence.Framework.Models;
using Sequence.Framework.Training;
using Sequence.Harness.Estimates;
using Sequence.Kernels.Registry;
using Sequence.Tasks;
using static TorchSharp.torch;

namespace Sequence.Cli;

/// <summary>What happens before training: the data is read and each model is built once, so that whatever does not fit is said at once.</summary>
internal static class Preparation
{
    /// <summary>Loads a task.</summary>
    /// <exception cref="UsageException">Its options contradict each other.</exception>
    /// <exception cref="TaskDataException">Its data is missing or malformed.</exception>
    public static ITask Load(string configFile, Component<ITask> task)
    {
        try
        {
            return task.Create(ComponentContext.None);
        }
        catch (ArgumentException problem)
        {
            throw new UsageException($"{configFile}: $.task: {problem.Message}");
        }
    }

    /// <summary>Builds a model for the task and counts what it costs.</summary>
    /// <param name="configFile">The configuration.</param>
    /// <param name="section">The path in it that the model's section stands under.</param>
    /// <param name="model">The model.</param>
    /// <param name="training">How it is to be trained.</param>
    /// <param name="task">The task.</param>
    /// <param name="device">Where it is to be trained.</param>
    /// <param name="kernels">In which forms of kernels.</param>
    /// <exception cref="UsageException">The model's parts do not fit together, or not the task.</exception>
    public static ModelEstimate Estimate(string configFile, string section, ModelOptions model, TrainingOptions training, ITask task, Device device, KernelPreference kernels)
    {
        try
        {
            return ModelEstimate.Of(model, training, task, device.type, kernels);
        }
        catch (ModelException problem)
        {
            throw new UsageException($"{configFile}: {section}.{problem.Message}");
        }
    }
}
