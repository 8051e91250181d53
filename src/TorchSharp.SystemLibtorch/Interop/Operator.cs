using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace TorchSharp.Interop;

/// <summary>
/// One operator of libtorch's dispatcher. It is looked up at its first call; arguments are converted by its schema, and
/// trailing ones that are not given take the schema's defaults. A call allocates nothing but its result.
/// </summary>
internal sealed unsafe class Operator(string name, string overload = "")
{
    // lists of shapes and the like fit here; longer ones get memory of their own
    private const int ArenaBytes = 512;

    private IntPtr _found;
    private bool? _exists;

    internal string Name => overload.Length == 0 ? name : $"{name}.{overload}";

    /// <summary>Whether this libtorch has the operator at all; asked once.</summary>
    internal bool Exists => _exists ??= Look();

    internal string Schema => Failure.Text(Native.sequence_operator_schema(Found()));

    /// <returns>Null only where the operator itself returns no tensor (an undefined gradient).</returns>
    internal torch.Tensor Call(params ReadOnlySpan<Argument> arguments)
    {
        Value result;
        Invoke(arguments, &result, 1);
        return Take(in result);
    }

    internal (torch.Tensor, torch.Tensor) Call2(params ReadOnlySpan<Argument> arguments)
    {
        var results = stackalloc Value[2];
        Invoke(arguments, results, 2);
        return (Take(in results[0]), Take(in results[1]));
    }

    internal (torch.Tensor, torch.Tensor, torch.Tensor) Call3(params ReadOnlySpan<Argument> arguments)
    {
        var results = stackalloc Value[3];
        Invoke(arguments, results, 3);
        return (Take(in results[0]), Take(in results[1]), Take(in results[2]));
    }

    internal torch.Tensor[] CallList(params ReadOnlySpan<Argument> arguments)
    {
        Value result;
        Invoke(arguments, &result, 1);
        if (result.Tag != Tag.TensorList)
            throw Unexpected(result.Tag);

        // the handles lie in memory of this thread's next call, and making a tensor makes none
        var tensors = new torch.Tensor[result.Count];
        for (var i = 0; i < tensors.Length; i++)
            tensors[i] = new torch.Tensor(((IntPtr*)result.Pointer)[i]);
        return tensors;
    }

    /// <summary>Drops the results: for operators that work in place.</summary>
    internal void Run(params ReadOnlySpan<Argument> arguments) => Invoke(arguments, null, 0);

    internal bool CallBool(params ReadOnlySpan<Argument> arguments) => CallScalar(arguments) is { Kind: ScalarKind.Bool } answer && answer.Integer != 0;

    internal long CallLong(params ReadOnlySpan<Argument> arguments) => CallScalar(arguments).Integer;

    internal double CallDouble(params ReadOnlySpan<Argument> arguments) => CallScalar(arguments).Number;

    internal Scalar CallScalar(params ReadOnlySpan<Argument> arguments)
    {
        Value result;
        Invoke(arguments, &result, 1);
        return result.Tag switch
        {
            Tag.Int => result.Integer,
            Tag.Double => result.Number,
            Tag.Bool => result.Integer != 0,
            Tag.Complex => new System.Numerics.Complex(((double*)result.Pointer)[0], ((double*)result.Pointer)[1]),
            _ => throw Unexpected(result.Tag),
        };
    }

    private torch.Tensor Take(in Value result) => result.Tag switch
    {
        Tag.Tensor when result.Integer != 0 => new torch.Tensor((IntPtr)result.Pointer),
        Tag.Tensor or Tag.None => null!,
        _ => throw Unexpected(result.Tag),
    };

    private InvalidOperationException Unexpected(Tag tag) => new($"{Name} returned a result of kind {tag}: {Schema}");

    private IntPtr Found() => _found != 0 ? _found : Find();

    private bool Look()
    {
        IntPtr found;
        return _found != 0 || Native.sequence_operator_find("aten::" + name, overload, &found) >= 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private IntPtr Find()
    {
        IntPtr found;
        Failure.Check(Native.sequence_operator_find("aten::" + name, overload, &found), Name);
        return _found = found;
    }

    [SkipLocalsInit]
    private void Invoke(ReadOnlySpan<Argument> arguments, Value* results, int capacity)
    {
        var operation = Found();
        var values = stackalloc Value[arguments.Length];
        var bytes = ListBytes(arguments);
        if (bytes <= ArenaBytes)
        {
            var arena = stackalloc byte[ArenaBytes];
            Write(arguments, values, arena);
            Send(operation, arguments, values, results, capacity);
            return;
        }

        var rented = (byte*)NativeMemory.Alloc((nuint)bytes);
        try
        {
            Write(arguments, values, rented);
            Send(operation, arguments, values, results, capacity);
        }
        finally
        {
            NativeMemory.Free(rented);
        }
    }

    // The span's arguments stay on the caller's stack during the call, and with them the tensors that they refer to.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Send(IntPtr operation, ReadOnlySpan<Argument> arguments, Value* values, Value* results, int capacity)
    {
        var status = Native.sequence_operator_call(operation, values, arguments.Length, results, capacity);
        if (status < capacity)
            Refuse(status, arguments, capacity);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Refuse(int status, ReadOnlySpan<Argument> arguments, int capacity)
    {
        if (status < 0)
            throw Failure.Exception(status, CallText.Of(Name, arguments));
        throw new InvalidOperationException($"{Name} returns {status} results, not {capacity}: {Schema}");
    }

    private static long ListBytes(ReadOnlySpan<Argument> arguments)
    {
        long bytes = 0;
        foreach (ref readonly var argument in arguments)
        {
            if (argument.Tag < Tag.Complex)
                continue;
            bytes += argument.Tag switch
            {
                Tag.IntList or Tag.DoubleList or Tag.TensorList => 8L * Unsafe.As<Array>(argument.Reference!).Length,
                Tag.String => (3L * Unsafe.As<string>(argument.Reference!).Length + 7) & ~7L,
                Tag.Complex => 16,
                _ => 0,
            };
        }

        return bytes;
    }

    private void Write(ReadOnlySpan<Argument> arguments, Value* values, byte* arena)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            ref readonly var argument = ref arguments[i];
            var value = values + i;
            value->Tag = argument.Tag;
            switch (argument.Tag)
            {
                case Tag.Tensor:
                    value->Pointer = (void*)Living(Unsafe.As<torch.Tensor>(argument.Reference!), i);
                    break;
                case <= Tag.Bool or Tag.Device:
                    value->Integer = argument.Payload;
                    break;
                default:
                    arena = WriteReference(in argument, value, arena, i);
                    break;
            }
        }
    }

    private byte* WriteReference(in Argument argument, Value* value, byte* arena, int position)
    {
        value->Pointer = arena;
        switch (argument.Reference)
        {
            case long[] integers:
                value->Count = integers.Length;
                integers.CopyTo(new Span<long>(arena, integers.Length));
                return arena + 8L * integers.Length;
            case double[] numbers:
                value->Count = numbers.Length;
                numbers.CopyTo(new Span<double>(arena, numbers.Length));
                return arena + 8L * numbers.Length;
            case string text:
                value->Count = Encoding.UTF8.GetBytes(text, new Span<byte>(arena, 3 * text.Length));
                return arena + ((3L * text.Length + 7) & ~7L);
            case Scalar scalar:
                ((double*)arena)[0] = scalar.Number;
                ((double*)arena)[1] = scalar.Imaginary;
                return arena + 16;
            case torch.Generator generator:
                value->Pointer = (void*)generator.Handle;
                return arena;
            case torch.Tensor?[] tensors:
                value->Count = tensors.Length;
                for (var i = 0; i < tensors.Length; i++)
                {
                    var tensor = tensors[i];
                    if (tensor is null && argument.Payload == 0)
                        throw new ArgumentNullException($"{Name}: argument {position + 1}", $"tensor {i} of the list is null");
                    ((IntPtr*)arena)[i] = tensor is null ? 0 : Living(tensor, position);
                }

                return arena + 8L * tensors.Length;
            default:
                throw new InvalidOperationException($"{Name}: argument {position + 1} has no value");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private IntPtr Living(torch.Tensor tensor, int position)
    {
        var handle = tensor.RawHandle;
        return handle != 0 ? handle : throw Disposed(position);
    }

    private ObjectDisposedException Disposed(int position) =>
        new("Tensor", $"{Name}: argument {position + 1} is a tensor that has been disposed. A dispose scope may have ended too early; MoveToOuterDisposeScope() keeps a tensor.");
}
