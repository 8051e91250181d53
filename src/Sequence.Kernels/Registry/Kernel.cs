using Sequence.Kernels.Lanes;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels.Registry;

/// <summary>
/// An operation with more than one form: the reference in tensor operations, which runs everywhere and states the meaning, and fused ones. It stands
/// beside the operation, which asks it at each call:
/// <code>Kernel.Fuses(x, FusedScan.Refusal(x)) ? FusedScan.Run(x) : Tree(x)</code>
/// </summary>
/// <param name="name">What it is called, lower-case words joined by hyphens: "selective-scan".</param>
/// <param name="reference">The reference in words: "tree scan in tensor operations".</param>
/// <param name="fused">The fused forms, one a kind of device.</param>
public sealed class Kernel(string name, string reference, params IReadOnlyList<KernelForm> fused)
{
    /// <summary>What it is called.</summary>
    public string Name => name;

    /// <summary>The reference in words.</summary>
    public string Reference => reference;

    /// <summary>The fused forms.</summary>
    public IReadOnlyList<KernelForm> Fused => fused;

    /// <summary>Whether the fused form is to run, by what is preferred on this thread and what the form takes.</summary>
    /// <param name="like">A tensor of the device and the element type of the inputs.</param>
    /// <param name="refusal">Why the fused form does not take these inputs, where that is more than their device and element type; null where it does.</param>
    /// <param name="slower">Why the reference is the faster one for these inputs, so that the fused form runs only where it is demanded; null where it is not.</param>
    /// <exception cref="KernelException">The fused form is demanded and does not take the inputs.</exception>
    public bool Fuses(Tensor like, string? refusal = null, string? slower = null) => Fuses(like.device_type, like.dtype, refusal, slower);

    /// <inheritdoc cref="Fuses(Tensor, string?, string?)"/>
    public bool Fuses(DeviceType device, ScalarType dtype, string? refusal = null, string? slower = null)
    {
        var preference = KernelScope.Preference;
        var form = On(device);
        refusal = preference == KernelPreference.Reference ? "kernels: reference" : Refusal(device, dtype) ?? refusal ?? (preference == KernelPreference.Auto ? slower : null);
        if (refusal is not null && preference == KernelPreference.Fused)
            throw No(device, dtype, refusal);
        FormRecord.Note(this, refusal is null ? form : null, refusal);
        return refusal is null;
    }

    /// <summary>Refuses inputs that the fused form does not take, which would read them as what they are not: for who calls that form itself.</summary>
    /// <param name="like">A tensor of the device and the element type of the inputs.</param>
    /// <param name="refusal">Why the fused form does not take these inputs, where that is more than their device and element type; null where it does.</param>
    /// <exception cref="KernelException">It does not take them.</exception>
    public void Demand(Tensor like, string? refusal = null)
    {
        if ((Refusal(like) ?? refusal) is { } why)
            throw No(like.device_type, like.dtype, why);
    }

    /// <summary>Why there is no fused form for the device and the element type of a tensor; null where there is one.</summary>
    public string? Refusal(Tensor like) => Refusal(like.device_type, like.dtype);

    /// <summary>Why there is no fused form for a device and an element type; null where there is one.</summary>
    public string? Refusal(DeviceType device, ScalarType dtype) => On(device) is { } form ? form.Refusal(dtype) : $"no fused form on {Word(device)}";

    internal string Words(KernelForm? form) => form switch
    {
        null => reference,
        { Device: DeviceType.CPU } => $"{form.Name} on the CPU, {LaneWidth.Text}",
        _ => $"{form.Name} on {Word(form.Device)}",
    };

    private KernelException No(DeviceType device, ScalarType dtype, string why) => new(
        $"{name} has no fused form for these inputs ({Word(dtype)} on {Word(device)}): {why}. Choose kernels: auto, which takes the {reference} there.");

    private static string Word(DeviceType device) => device == DeviceType.CPU ? "the CPU" : $"{device}";

    private static string Word(ScalarType dtype) => $"{dtype}".ToLowerInvariant();

    private KernelForm? On(DeviceType device)
    {
        // by index: an enumerator would be an allocation a call
        for (var form = 0; form < fused.Count; form++)
        {
            if (fused[form].Device == device)
                return fused[form];
        }

        return null;
    }
}
