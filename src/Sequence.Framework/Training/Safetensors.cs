using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Framework.Training;

/// <summary>
/// Tensors by name in the safetensors format: the length N of the header as 64 bits, little endian; N bytes of JSON that give each tensor's
/// element type, shape and place, padded with blanks so that the tensors begin at a multiple of 8; the tensors, row-major and without gaps.
/// Data only, never code. See https://github.com/huggingface/safetensors.
/// </summary>
public static class Safetensors
{
    private const string Metadata = "__metadata__";
    private const int Alignment = 8;
    private const int LongestHeader = 100_000_000;
    private const int Chunk = 1 << 20;

    private static readonly Dictionary<ScalarType, string> Names = new()
    {
        [ScalarType.Bool] = "BOOL",
        [ScalarType.Byte] = "U8",
        [ScalarType.Int8] = "I8",
        [ScalarType.Int16] = "I16",
        [ScalarType.Int32] = "I32",
        [ScalarType.Int64] = "I64",
        [ScalarType.Float16] = "F16",
        [ScalarType.BFloat16] = "BF16",
        [ScalarType.Float32] = "F32",
        [ScalarType.Float64] = "F64",
    };

    private static readonly Dictionary<string, ScalarType> Types = Names.ToDictionary(pair => pair.Value, pair => pair.Key);

    /// <summary>Writes tensors from any device.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="tensors">By name.</param>
    /// <param name="metadata">Texts for the header; null for none.</param>
    /// <exception cref="NotSupportedException">An element type has no name in the format (complex numbers).</exception>
    public static void Write(Stream stream, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var header = new JsonObject();
        if (metadata is not null)
            header[Metadata] = new JsonObject(metadata.Select(text => KeyValuePair.Create(text.Key, (JsonNode?)text.Value)));
        var offset = 0L;
        foreach (var (name, tensor) in tensors)
        {
            if (!Names.TryGetValue(tensor.dtype, out var type))
                throw new NotSupportedException($"Tensor '{name}' is of {tensor.dtype}, which the safetensors format has no name for.");

            var end = offset + tensor.NumberOfElements * tensor.ElementSize;
            header[name] = new JsonObject
            {
                ["dtype"] = type,
                ["shape"] = new JsonArray([.. tensor.shape.Select(size => (JsonNode)size)]),
                ["data_offsets"] = new JsonArray(offset, end),
            };
            offset = end;
        }

        WriteHeader(stream, JsonSerializer.SerializeToUtf8Bytes(header));
        foreach (var tensor in tensors.Values)
        {
            using var scope = NewDisposeScope();
            var plain = tensor.detach().cpu().contiguous();
            if (plain.NumberOfElements > 0)
                plain.WriteBytesToStream(stream, Chunk);
        }
    }

    /// <summary>Reads tensors of a seekable stream to the CPU; the caller, or the current scope, owns them.</summary>
    /// <exception cref="InvalidDataException">The stream is not a whole file of this format.</exception>
    public static Dictionary<string, Tensor> Read(Stream stream)
    {
        var entries = ReadHeader(stream);
        var content = entries.Count == 0 ? 0 : entries[^1].End;
        if (stream.Length - stream.Position != content)
            throw new InvalidDataException($"Its header speaks of {content:N0} bytes of tensors; {stream.Length - stream.Position:N0} are there. The file is cut off or damaged.");

        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        var next = 0L;
        foreach (var (name, type, shape, begin, end) in entries)
        {
            var size = Size(type, shape);
            if (begin != next || end - begin != size)
                throw new InvalidDataException($"Tensor '{name}' has the place {begin} to {end}; expected are {size} bytes from {next}.");

            var tensor = empty(shape, dtype: type);
            if (!tensors.TryAdd(name, tensor))
                throw new InvalidDataException($"There are two tensors '{name}'.");
            if (size > 0)
                tensor.ReadBytesFromStream(stream, Chunk);
            next = end;
        }

        return tensors;
    }

    /// <summary>Reads the texts of the header, and no tensors.</summary>
    /// <exception cref="InvalidDataException">The stream is no file of this format.</exception>
    public static Dictionary<string, string> ReadMetadata(Stream stream) => Header(stream, root => root.TryGetProperty(Metadata, out var texts)
        ? texts.EnumerateObject().ToDictionary(text => text.Name, text => text.Value.GetString()!, StringComparer.Ordinal)
        : []);

    private static void WriteHeader(Stream stream, byte[] json)
    {
        var padded = (json.Length + Alignment - 1) / Alignment * Alignment;
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)padded);
        stream.Write(length);
        stream.Write(json);
        for (var i = json.Length; i < padded; i++)
            stream.WriteByte((byte)' ');
    }

    private static List<(string Name, ScalarType Type, long[] Shape, long Begin, long End)> ReadHeader(Stream stream) => Header(stream, root =>
        root.EnumerateObject().Where(entry => entry.Name != Metadata).Select(Entry).OrderBy(entry => entry.Begin).ThenBy(entry => entry.End).ToList());

    private static T Header<T>(Stream stream, Func<JsonElement, T> read)
    {
        try
        {
            Span<byte> size = stackalloc byte[sizeof(ulong)];
            stream.ReadExactly(size);
            var length = BinaryPrimitives.ReadUInt64LittleEndian(size);
            if (length > LongestHeader)
                throw new InvalidDataException($"Its header claims {length:N0} bytes: this is not a safetensors file.");

            var json = new byte[length];
            stream.ReadExactly(json);
            using var header = JsonDocument.Parse(json);
            return read(header.RootElement);
        }
        catch (EndOfStreamException)
        {
            throw new InvalidDataException("The file ends within its header.");
        }
        catch (Exception malformed) when (malformed is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException or IndexOutOfRangeException)
        {
            throw new InvalidDataException($"Its header is malformed: {malformed.Message}", malformed);
        }
    }

    /// <summary>Bytes; -1 for more than there can be.</summary>
    private static long Size(ScalarType type, long[] shape)
    {
        var size = shape.Aggregate((UInt128)type.ElementSize(), (product, dimension) => product > long.MaxValue ? product : product * (ulong)dimension);
        return shape.Contains(0) ? 0 : size > long.MaxValue ? -1 : (long)size;
    }

    private static (string Name, ScalarType Type, long[] Shape, long Begin, long End) Entry(JsonProperty entry)
    {
        var type = entry.Value.GetProperty("dtype").GetString() ?? "";
        if (!Types.TryGetValue(type, out var element))
            throw new InvalidDataException($"Tensor '{entry.Name}' is of element type {type}; known are {string.Join(", ", Types.Keys)}.");

        var offsets = entry.Value.GetProperty("data_offsets");
        long[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(dimension => dimension.GetInt64())];
        if (shape.Any(dimension => dimension < 0))
            throw new InvalidDataException($"Tensor '{entry.Name}' has a negative dimension.");
        return (entry.Name, element, shape, offsets[0].GetInt64(), offsets[1].GetInt64());
    }
}
