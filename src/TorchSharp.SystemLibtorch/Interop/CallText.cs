using System.Globalization;
using System.Text;

namespace TorchSharp.Interop;

// How an operator was called, for the message of its failure: matmul(Float32[2, 3], Float32[4, 5]).
internal static class CallText
{
    private const int ListedTensors = 8;

    internal static string Of(string name, ReadOnlySpan<Argument> arguments)
    {
        var text = new StringBuilder(name).Append('(');
        for (var i = 0; i < arguments.Length; i++)
        {
            if (i > 0)
                text.Append(", ");
            Append(text, in arguments[i]);
        }

        return text.Append(')').ToString();
    }

    private static void Append(StringBuilder text, in Argument argument)
    {
        switch (argument.Tag)
        {
            case Tag.Default:
                text.Append("default");
                break;
            case Tag.None:
                text.Append("null");
                break;
            case Tag.Int:
                text.Append(CultureInfo.InvariantCulture, $"{argument.Payload}");
                break;
            case Tag.Double:
                text.Append(CultureInfo.InvariantCulture, $"{BitConverter.Int64BitsToDouble(argument.Payload)}");
                break;
            case Tag.Bool:
                text.Append(argument.Payload != 0 ? "true" : "false");
                break;
            case Tag.Device:
                text.Append(torch.Device.Unpack(argument.Payload));
                break;
            default:
                Append(text, argument.Reference!);
                break;
        }
    }

    private static void Append(StringBuilder text, object value)
    {
        switch (value)
        {
            case torch.Tensor tensor:
                text.Append(Of(tensor));
                break;
            case long[] integers:
                text.Append('[').AppendJoin(", ", integers).Append(']');
                break;
            case double[] numbers:
                text.Append('[').AppendJoin(", ", numbers).Append(']');
                break;
            case torch.Tensor?[] tensors:
                text.Append('[').AppendJoin(", ", tensors.Take(ListedTensors).Select(tensor => tensor is null ? "null" : Of(tensor)));
                text.Append(tensors.Length > ListedTensors ? $", ... {tensors.Length} in all]" : "]");
                break;
            case string given:
                text.Append('"').Append(given).Append('"');
                break;
            case torch.Generator:
                text.Append("generator");
                break;
            default:
                text.Append(value);
                break;
        }
    }

    private static string Of(torch.Tensor tensor)
    {
        if (tensor.IsInvalid)
            return "disposed tensor";
        var device = tensor.device_type == DeviceType.CPU ? "" : $" on {tensor.device}";
        return $"{tensor.dtype}[{string.Join(", ", tensor.shape)}]{device}";
    }
}
