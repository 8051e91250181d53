using Sequence.Benchmarks.Measuring;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Benchmarks.Questions;

/// <summary>
/// Where questions are asked, in which element type and at which sizes. On the CPU B = 4 rows of D = 512 channels at every length; on a GPU D = 1,024 and 32,768 tokens in
/// all, so that B T D numbers fill it at every length and rows are few where sequences are long.
/// </summary>
/// <param name="Device">Where.</param>
/// <param name="ElementType">Of everything that is not counted.</param>
public sealed record Setting(Device Device, ScalarType ElementType = ScalarType.Float32)
{
    private const long TokensOfGpu = 32_768;
    private const long RowsOfCpu = 4;

    private static readonly Device Host = new(DeviceType.CPU);

    /// <summary>The CPU, in float32.</summary>
    public static Setting Cpu { get; } = new(Host);

    /// <summary>Whether it is a GPU.</summary>
    public bool IsGpu => Device.type == DeviceType.CUDA;

    /// <summary>D.</summary>
    public long Channels => IsGpu ? 1_024 : 512;

    /// <summary>Numbers of heads that the channels are cut into, the widest heads first.</summary>
    public IReadOnlyList<long> Heads => IsGpu ? [8, 16] : [4, 8];

    /// <summary>Bytes of a number.</summary>
    public long NumberBytes => ElementType == ScalarType.BFloat16 ? 2 : sizeof(float);

    /// <summary>How far values may differ.</summary>
    public double Tolerance => ElementType == ScalarType.BFloat16 ? Agreement.BFloat16Tolerance : Agreement.Tolerance;

    /// <summary>The sizes in words.</summary>
    public string Words => $"{(IsGpu ? $"B = {TokensOfGpu:n0} / T rows" : $"B = {RowsOfCpu} rows")}, D = {Channels:n0} channels, {ElementType.ToString().ToLowerInvariant()}";

    /// <summary>B at T.</summary>
    public long Rows(long T) => IsGpu ? Math.Max(1, TokensOfGpu / T) : RowsOfCpu;

    /// <summary>T: those of the CPU, or, where a GPU has too little to do with them, those of a GPU.</summary>
    public IReadOnlyList<long> Lengths(params IReadOnlyList<long> cpu) => IsGpu ? [4_096, TokensOfGpu] : cpu;

    /// <summary>A tensor where the question is asked, in its element type where it is not of whole numbers; the same where it is so already.</summary>
    public Tensor Place(Tensor tensor)
    {
        var dtype = tensor.is_floating_point() ? ElementType : tensor.dtype;
        return tensor.device_type == Device.type && tensor.dtype == dtype ? tensor : tensor.detach().to(dtype).to(Device);
    }

    /// <summary>Waits until a GPU has done what it was given.</summary>
    public void Finish()
    {
        if (IsGpu)
            cuda.synchronize(Device);
    }
}
