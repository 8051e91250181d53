using TorchSharp.Interop;

namespace TorchSharp;

// Factories by value, by range and by another tensor's shape.
public static partial class torch
{
    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tracked(Aten.arange.Call(stop, dtype, Argument.None, InitializeDevice(device)), requires_grad);

    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tracked(Aten.arange_start.Call(start, stop, dtype, Argument.None, InitializeDevice(device)), requires_grad);

    public static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tracked(Aten.arange_start_step.Call(start, stop, step, dtype, Argument.None, InitializeDevice(device)), requires_grad);

    public static Tensor linspace(double start, double end, long steps, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tracked(Aten.linspace.Call(start, end, steps, dtype, Argument.None, InitializeDevice(device)), requires_grad);

    public static Tensor logspace(double start, double end, long steps, double @base = 10, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tracked(Aten.logspace.Call(start, end, steps, @base, dtype, Argument.None, InitializeDevice(device)), requires_grad);

    /// <summary>The identity; a column count of -1 means as many as rows.</summary>
    public static Tensor eye(long rows, long columns = -1, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
    {
        RefuseNames(names);
        return Tracked(Aten.eye_m.Call(rows, columns == -1 ? rows : columns, dtype, Argument.None, InitializeDevice(device)), requires_grad);
    }

    public static Tensor hann_window(long len, bool periodic = true, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Tracked(Aten.hann_window_periodic.Call(len, periodic, dtype, Argument.None, InitializeDevice(device)), requires_grad);

    public static Tensor tril_indices(long row, long col, long offset = 0, ScalarType dtype = ScalarType.Int64, Device? device = null) =>
        Aten.tril_indices.Call(row, col, offset, dtype, Argument.None, InitializeDevice(device));

    public static Tensor triu_indices(long row, long col, long offset = 0, ScalarType dtype = ScalarType.Int64, Device? device = null) =>
        Aten.triu_indices.Call(row, col, offset, dtype, Argument.None, InitializeDevice(device));

    public static Tensor empty_strided(long[] size, long[] strides, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
    {
        RefuseNames(names);
        return Tracked(Aten.empty_strided.Call(size, strides, dtype, Argument.None, InitializeDevice(device)), requires_grad);
    }

    public static Tensor complex(Tensor real, Tensor imag) => Aten.complex.Call(real, imag);
    public static Tensor polar(Tensor abs, Tensor angle) => Aten.polar.Call(abs, angle);

    public static Tensor empty_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => Unnamed(names, input).empty_like(dtype, device, requires_grad);
    public static Tensor zeros_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => Unnamed(names, input).zeros_like(dtype, device, requires_grad);
    public static Tensor ones_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => Unnamed(names, input).ones_like(dtype, device, requires_grad);
    public static Tensor full_like(Tensor input, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => Unnamed(names, input).full_like(value, dtype, device, requires_grad);
    public static Tensor rand_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => input.rand_like(dtype, device, requires_grad);
    public static Tensor randn_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => input.randn_like(dtype, device, requires_grad);
    public static Tensor randint_like(Tensor input, long low, long high, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => input.randint_like(low, high, dtype, device, requires_grad);
    public static Tensor clone(Tensor input) => input.clone();

    private static Tensor Empty(ReadOnlySpan<long> size, ScalarType? dtype, Device? device, bool requires_grad, string[]? names) =>
        Sized(Aten.empty_memory_format, size, dtype, device, requires_grad, names);

    private static Tensor Zeros(ReadOnlySpan<long> size, ScalarType? dtype, Device? device, bool requires_grad, string[]? names) =>
        Sized(Aten.zeros, size, dtype, device, requires_grad, names);

    private static Tensor Ones(ReadOnlySpan<long> size, ScalarType? dtype, Device? device, bool requires_grad, string[]? names) =>
        Sized(Aten.ones, size, dtype, device, requires_grad, names);

    private static Tensor Sized(Operator operation, ReadOnlySpan<long> size, ScalarType? dtype, Device? device, bool requires_grad, string[]? names)
    {
        RefuseNames(names);
        return Tracked(operation.Call(Argument.Ints(size), dtype, Argument.None, InitializeDevice(device)), requires_grad);
    }

    private static Tensor Full(ReadOnlySpan<long> size, Scalar value, ScalarType? dtype, Device? device, bool requires_grad, string[]? names)
    {
        RefuseNames(names);
        return Tracked(Aten.full.Call(Argument.Ints(size), value, dtype, Argument.None, InitializeDevice(device)), requires_grad);
    }

    private static Tensor Unnamed(string[]? names, Tensor input)
    {
        RefuseNames(names);
        return input;
    }
}

file static class Aten
{
    internal static readonly Operator
        arange = new("arange"), arange_start = new("arange", "start"), arange_start_step = new("arange", "start_step"), linspace = new("linspace"), logspace = new("logspace"),
        eye_m = new("eye", "m"), hann_window_periodic = new("hann_window", "periodic"), tril_indices = new("tril_indices"), triu_indices = new("triu_indices"),
        empty_strided = new("empty_strided"), complex = new("complex"), polar = new("polar"),
        empty_memory_format = new("empty", "memory_format"), zeros = new("zeros"), ones = new("ones"), full = new("full");
}
