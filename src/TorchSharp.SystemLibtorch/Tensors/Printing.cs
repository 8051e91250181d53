using System.Globalization;
using System.Text;

namespace TorchSharp;

/// <summary>How a tensor is written out: its metadata only, or its elements too.</summary>
public enum TensorStringStyle
{
    Metadata,
    Julia,
    Numpy,
    CSharp,
    Default,
}

public static partial class torch
{
    public partial class Tensor
    {
        private const int EdgeItems = 3;
        private const int WholeUpTo = 6;

        /// <summary>Shape, dtype and device, e.g. <c>[2x3], type = Float32, device = cpu</c>.</summary>
        public override string ToString() => IsInvalid
            ? "disposed tensor"
            : $"[{string.Join("x", shape)}], type = {dtype}, device = {device}";

        /// <summary>The metadata, or the elements in nested brackets, of which long dimensions show their ends only. All styles but Metadata write the same.</summary>
        public string ToString(TensorStringStyle style, string? fltFormat = null, int? width = null, CultureInfo? cultureInfo = null, string? newLine = null)
        {
            if (style == TensorStringStyle.Metadata || is_meta)
            {
                return ToString();
            }

            using Tensor held = detach().cpu().contiguous();
            StringBuilder text = new();
            Write(held, fltFormat ?? "g5", cultureInfo ?? CultureInfo.InvariantCulture, newLine ?? "\n", 0, text);
            return text.ToString();
        }

        private static void Write(Tensor tensor, string format, CultureInfo culture, string newLine, int depth, StringBuilder text)
        {
            if (tensor.ndim == 0)
            {
                text.Append(Number(tensor, format, culture));
                return;
            }

            long length = tensor.shape[0];
            text.Append('[');
            for (long i = 0; i < length; i++)
            {
                if (i > 0)
                {
                    text.Append(tensor.ndim == 1 ? ", " : "," + newLine + new string(' ', depth + 1));
                }

                if (length > WholeUpTo && i == EdgeItems)
                {
                    text.Append("..., ");
                    i = length - EdgeItems;
                }

                using Tensor element = tensor.select(0, i);
                Write(element, format, culture, newLine, depth + 1, text);
            }

            text.Append(']');
        }

        private static string Number(Tensor element, string format, CultureInfo culture) => element.dtype switch
        {
            ScalarType.Bool => element.ToBoolean() ? "True" : "False",
            _ when element.is_complex() => $"{Number(element.real, format, culture)}+{Number(element.imag, format, culture)}i",
            _ when element.is_floating_point() => element.ToDouble().ToString(format, culture),
            _ => element.ToInt64().ToString(culture),
        };
    }
}
