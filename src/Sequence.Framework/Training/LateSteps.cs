using Sequence.Framework.Models;
#if TORCH_SYSTEM
using TorchSharp;
#endif
using static TorchSharp.torch;

namespace Sequence.Framework.Training;

/// <summary>
/// Steps whose numbers are still on the device: queued one behind the other without a wait, and read together. On the CPU nothing is late, for there every
/// number is there at once.
/// </summary>
internal sealed class LateSteps
{
    // how far the host may run ahead of the device
    private const int Most = 64;

    private readonly List<(Tensor Numbers, LoopState State, double Rate)> _steps = [];

    /// <summary>Whether steps on a device are to be looked at late.</summary>
    public static bool Suits(Device device) =>
#if TORCH_SYSTEM
        device.type == DeviceType.CUDA;
#else
        false;
#endif

    /// <summary>Whether they have to be read before there are more.</summary>
    public bool IsFull => _steps.Count >= Most;

    /// <summary>Scales gradients so that their norm is at most <paramref name="largest"/>; the norm before, [], on their device.</summary>
    public static Tensor Clip(SequenceModel model, double largest) =>
#if TORCH_SYSTEM
        SystemLibtorch.ClipGradNorm(model.parameters(), largest);
#else
        tensor(nn.utils.clip_grad_norm_(model.parameters(), largest));
#endif

    /// <summary>Adds a step that is done, as far as the host is concerned.</summary>
    /// <param name="loss">[].</param>
    /// <param name="norm">Of its gradient, [].</param>
    /// <param name="state">After it.</param>
    /// <param name="rate">Its learning rate.</param>
    public void Add(Tensor loss, Tensor norm, LoopState state, double rate)
    {
        using var frozen = no_grad();
        _steps.Add((stack([loss.detach().to(float64), norm.to(float64)]).DetachFromDisposeScope(), state, rate));
    }

    /// <summary>Waits for the device, and gives the numbers of all steps up.</summary>
    public IReadOnlyList<LateStep> Read()
    {
        if (_steps.Count == 0)
            return [];
        using var scope = NewDisposeScope();
        var numbers = stack([.. _steps.Select(step => step.Numbers)]).cpu().data<double>().ToArray();
        LateStep[] read = [.. _steps.Select((step, index) => new LateStep((float)numbers[2 * index], numbers[2 * index + 1], step.State, step.Rate))];
        Drop();
        return read;
    }

    /// <summary>Forgets what was not read.</summary>
    public void Drop()
    {
        foreach (var step in _steps)
            step.Numbers.Dispose();
        _steps.Clear();
    }
}

/// <summary>A step that has been read.</summary>
/// <param name="Loss">Nats a target.</param>
/// <param name="Norm">Of its gradient, before clipping.</param>
/// <param name="State">After it.</param>
/// <param name="Rate">Its learning rate.</param>
internal sealed record LateStep(float Loss, double Norm, LoopState State, double Rate)
{
    /// <summary>Whether it left the parameters whole.</summary>
    public bool IsFinite => float.IsFinite(Loss) && double.IsFinite(Norm);
}
