using TorchSharp.Interop;

namespace TorchSharp;

// Random tensors and numbers. A generator fixes the device the numbers are drawn on; without one the device's default generator is used.
public static partial class torch
{
    public static Tensor randint(long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) => Randint(0, high, size, dtype, device, requires_grad, generator, names);
    public static Tensor randint(long high, Size size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) => Randint(0, high, size.Shape, dtype, device, requires_grad, generator, names);
    public static Tensor randint(long low, long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) => Randint(low, high, size, dtype, device, requires_grad, generator, names);
    public static Tensor randint(long low, long high, Size size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) => Randint(low, high, size.Shape, dtype, device, requires_grad, generator, names);
    public static Tensor randint(int high, int[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) => Randint(0, high, Array.ConvertAll(size, n => (long)n), dtype, device, requires_grad, generator, names);
    public static Tensor randint(int low, int high, int[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) => Randint(low, high, Array.ConvertAll(size, n => (long)n), dtype, device, requires_grad, generator, names);

    /// <summary>A random permutation of 0 to n - 1.</summary>
    public static Tensor randperm(long n, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null) =>
        Tracked(Aten.randperm_generator.Call(n, generator, dtype ?? ScalarType.Int64, Argument.None, InitializeDevice(device)), requires_grad);

    public static Tensor normal(Tensor mean, Tensor std, Generator? generator = null) => Aten.normal_Tensor_Tensor.Call(mean, std, generator);

    public static Tensor normal(double mean, double std, ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
    {
        RefuseNames(names);
        return Tracked(Aten.normal_float_float.Call(mean, std, Argument.Ints(size), generator, dtype, Argument.None, InitializeDevice(device)), requires_grad);
    }

    public static double rand_float(Generator? generator = null) => Drawn(Aten.rand_generator, generator);
    public static double randn_float(Generator? generator = null) => Drawn(Aten.randn_generator, generator);
    public static bool randint_bool(Generator? generator = null) => randint_long(2, generator) == 1;
    public static int randint_int(int high, Generator? generator = null) => (int)randint_long(0, high, generator);
    public static int randint_int(int low, int high, Generator? generator = null) => (int)randint_long(low, high, generator);
    public static long randint_long(long high, Generator? generator = null) => randint_long(0, high, generator);

    public static long randint_long(long low, long high, Generator? generator = null)
    {
        using Tensor drawn = Randint(low, high, [], ScalarType.Int64, CPU, false, generator, null);
        return drawn.ToInt64();
    }

    private static double Drawn(Operator operation, Generator? generator)
    {
        using Tensor drawn = Drawn(operation, [], generator, ScalarType.Float64, CPU, false, null);
        return drawn.ToDouble();
    }

    private static Tensor Rand(ReadOnlySpan<long> size, Generator? generator, ScalarType? dtype, Device? device, bool requires_grad, string[]? names) =>
        Drawn(Aten.rand_generator, size, generator, dtype, device, requires_grad, names);

    private static Tensor Randn(ReadOnlySpan<long> size, Generator? generator, ScalarType? dtype, Device? device, bool requires_grad, string[]? names) =>
        Drawn(Aten.randn_generator, size, generator, dtype, device, requires_grad, names);

    private static Tensor Drawn(Operator operation, ReadOnlySpan<long> size, Generator? generator, ScalarType? dtype, Device? device, bool requires_grad, string[]? names)
    {
        RefuseNames(names);
        return Tracked(operation.Call(Argument.Ints(size), generator, dtype, Argument.None, InitializeDevice(device)), requires_grad);
    }

    private static Tensor Randint(long low, long high, ReadOnlySpan<long> size, ScalarType? dtype, Device? device, bool requires_grad, Generator? generator, string[]? names)
    {
        RefuseNames(names);
        return Tracked(Aten.randint_low_generator.Call(low, high, Argument.Ints(size), generator, dtype ?? ScalarType.Int64, Argument.None, InitializeDevice(device)), requires_grad);
    }
}

file static class Aten
{
    internal static readonly Operator
        randperm_generator = new("randperm", "generator"), normal_Tensor_Tensor = new("normal", "Tensor_Tensor"), normal_float_float = new("normal", "float_float"),
        rand_generator = new("rand", "generator"), randn_generator = new("randn", "generator"), randint_low_generator = new("randint", "low_generator");
}
