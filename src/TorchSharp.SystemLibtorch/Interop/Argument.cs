namespace TorchSharp.Interop;

/// <summary>One argument of an operator: a managed value with the tag that native code reads it by. Nothing is copied until the call.</summary>
internal readonly struct Argument
{
    internal readonly object? Reference;
    internal readonly long Payload;
    internal readonly Tag Tag;

    private Argument(Tag tag, object? reference = null, long payload = 0)
    {
        Tag = tag;
        Reference = reference;
        Payload = payload;
    }

    /// <summary>The schema's own default.</summary>
    internal static Argument Default => default;

    internal static Argument None => new(Tag.None);

    internal static Argument Tensors(IReadOnlyList<torch.Tensor> tensors) => new(Tag.TensorList, tensors as torch.Tensor[] ?? [.. tensors]);

    /// <summary>A list in which null stands for "no tensor" (the indices of an indexing operator, say).</summary>
    internal static Argument OptionalTensors(IReadOnlyList<torch.Tensor?> tensors) => new(Tag.TensorList, tensors as torch.Tensor?[] ?? [.. tensors], payload: 1);

    internal static Argument Ints(ReadOnlySpan<long> values) => new(Tag.IntList, values.ToArray());

    public static implicit operator Argument(torch.Tensor? value) => value is null ? None : new(Tag.Tensor, value);
    public static implicit operator Argument(long value) => new(Tag.Int, null, value);
    public static implicit operator Argument(float value) => (double)value;
    public static implicit operator Argument(double value) => new(Tag.Double, null, BitConverter.DoubleToInt64Bits(value));
    public static implicit operator Argument(bool value) => new(Tag.Bool, null, value ? 1 : 0);
    public static implicit operator Argument(long? value) => value is long given ? given : None;
    public static implicit operator Argument(double? value) => value is double given ? given : None;
    public static implicit operator Argument(float? value) => value is float given ? (double)given : None;
    public static implicit operator Argument(bool? value) => value is bool given ? given : None;
    public static implicit operator Argument(torch.ScalarType value) => (long)value;
    public static implicit operator Argument(torch.ScalarType? value) => value is torch.ScalarType given ? (long)given : None;
    public static implicit operator Argument(string? value) => value is null ? None : new(Tag.String, value);
    public static implicit operator Argument(long[]? value) => value is null ? None : new(Tag.IntList, value);
    public static implicit operator Argument(int[]? value) => value is null ? None : new(Tag.IntList, Array.ConvertAll(value, element => (long)element));
    public static implicit operator Argument(double[]? value) => value is null ? None : new(Tag.DoubleList, value);
    public static implicit operator Argument(torch.Tensor[]? value) => value is null ? None : new(Tag.TensorList, value);
    public static implicit operator Argument(torch.Generator? value) => value is null ? None : new(Tag.Generator, value);
    public static implicit operator Argument(torch.Device? value) => value is null ? None : new(Tag.Device, null, value.Packed);

    public static implicit operator Argument(Scalar? value) => value switch
    {
        null => None,
        { Kind: ScalarKind.Int } => value.Integer,
        { Kind: ScalarKind.Bool } => value.Integer != 0,
        { Kind: ScalarKind.Complex } => new Argument(Tag.Complex, value),
        _ => value.Number,
    };
}
