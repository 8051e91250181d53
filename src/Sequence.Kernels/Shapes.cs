using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Kernels;

/// <summary>
/// The inputs of an operation held against the letters of its equations, before any memory is touched: a kernel reads as far as the sizes say, and past the end of
/// a tensor that is smaller. Axes are written as <c>"B T H V"</c>; the first tensor with a letter says what it is.
/// </summary>
/// <param name="operation">Whose inputs they are, for the message.</param>
internal sealed class Shapes(string operation)
{
    private readonly Dictionary<string, long> _sizes = new() { ["1"] = 1 };
    private (DeviceType Type, int Index)? _device;

    /// <summary>What a letter stands for.</summary>
    public long this[string letter] => _sizes[letter];

    /// <summary>Says what a letter, or an expression such as <c>"H*V"</c>, stands for.</summary>
    public Shapes Let(string letter, long size)
    {
        _sizes[letter] = size;
        return this;
    }

    /// <summary>A tensor whose axes are as long as the letters say.</summary>
    /// <exception cref="ArgumentException">They are not, or it is on another device than those before.</exception>
    public Tensor Is(Tensor x, string axes, [CallerArgumentExpression(nameof(x))] string name = "") => Held(x, axes, shared: false, name);

    /// <summary>The same, where an axis of one may stand for a whole one.</summary>
    /// <exception cref="ArgumentException">They are not, or it is on another device than those before.</exception>
    public Tensor Fits(Tensor x, string axes, [CallerArgumentExpression(nameof(x))] string name = "") => Held(x, axes, shared: true, name);

    /// <summary>The same, with whole axes: a view, through which gradients are summed.</summary>
    /// <exception cref="ArgumentException">They are not, or it is on another device than those before.</exception>
    public Tensor Spread(Tensor x, string axes, [CallerArgumentExpression(nameof(x))] string name = "")
    {
        long[] whole = [.. axes.Split(' ').Zip(Held(x, axes, shared: true, name).shape, (axis, size) => _sizes.GetValueOrDefault(axis, size))];
        return whole.AsSpan().SequenceEqual(x.shape) ? x : x.expand(whole);
    }

    /// <summary>The same of a tensor that may be left out.</summary>
    /// <exception cref="ArgumentException">They are not, or it is on another device than those before.</exception>
    public Tensor? SpreadAny(Tensor? x, string axes, [CallerArgumentExpression(nameof(x))] string name = "") => x is null ? null : Spread(x, axes, name);

    /// <summary>A mask of tokens, [B, T] bool, with whole axes; null where there is none.</summary>
    /// <exception cref="ArgumentException">It is of another shape or no mask.</exception>
    public Tensor? Mask(Tensor? mask, [CallerArgumentExpression(nameof(mask))] string name = "") => mask is null ? null : Spread(Holds(mask, ScalarType.Bool, name), "B T", name);

    /// <summary>A tensor of an element type that a kernel takes for granted.</summary>
    /// <exception cref="ArgumentException">It is of another.</exception>
    public Tensor Holds(Tensor x, ScalarType element, [CallerArgumentExpression(nameof(x))] string name = "") => x.dtype == element
        ? x
        : throw new ArgumentException($"{operation} takes {name} of {Word(element)}; it is of {Word(x.dtype)}.", name);

    /// <summary>Letters for any number of axes: "B T D E".</summary>
    public static string Letters(Tensor x) => string.Join(' ', "BTDEFGHIJKLMNOPQ".Take((int)x.dim()));

    private static string Word(ScalarType element) => $"{element}".ToLowerInvariant();

    private static string Text(IEnumerable<object> axes) => $"[{string.Join(", ", axes)}]";

    private Tensor Held(Tensor x, string axes, bool shared, string name)
    {
        var (letters, shape) = (axes.Split(' '), x.shape);
        var device = (x.device_type, x.device_index);
        _device ??= device;
        if (device != _device)
            throw new ArgumentException($"{operation} takes its inputs on one device; {name} is on {x.device}, others are on {_device.Value.Type}.", name);
        var fits = letters.Length == shape.Length;
        for (var axis = 0; fits && axis < shape.Length; axis++)
            fits = Fits(letters[axis], shape[axis], shared);
        if (!fits)
        {
            var wanted = letters.Select(letter => _sizes.TryGetValue(letter, out var size) ? size : (object)letter);
            throw new ArgumentException(
                $"{operation} takes {name} as {Text(letters)}, here {Text(wanted)}{(shared ? " or 1 for an axis that all share" : "")}; it is {Text(shape.Cast<object>())}.", name);
        }

        return x;
    }

    private bool Fits(string letter, long size, bool shared)
    {
        if (_sizes.TryAdd(letter, size))
            return true;
        return _sizes[letter] == size || shared && size == 1;
    }
}
