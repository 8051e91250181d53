namespace Sequence.Benchmarks.Measuring;

/// <summary>The least work of a calculation, whatever its form.</summary>
/// <param name="Bytes">Read and written.</param>
/// <param name="Exponentials">e^x of float32.</param>
/// <param name="Flops">Floating point operations of matrix products.</param>
public sealed record Load(double Bytes = 0, double Exponentials = 0, double Flops = 0);
