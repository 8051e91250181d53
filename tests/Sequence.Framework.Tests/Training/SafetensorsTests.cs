using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Sequence.Framework.Training;

[Collection(TensorTests.Name)]
public class SafetensorsTests
{
    public static TheoryData<ScalarType> Types =>
        [ScalarType.Bool, ScalarType.Byte, ScalarType.Int8, ScalarType.Int16, ScalarType.Int32, ScalarType.Int64, ScalarType.Float16, ScalarType.BFloat16, ScalarType.Float32, ScalarType.Float64];

    [Theory]
    [MemberData(nameof(Types))]
    public void Tensors_come_back_in_every_element_type(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor>
        {
            ["matrix"] = arange(63).to(type).view(7, 9),
            ["transposed"] = arange(6).to(type).view(2, 3).t(),
            ["scalar"] = ones(1).to(type).squeeze(),
            ["empty"] = zeros(0, 3).to(type),
        };
        var read = Safetensors.Read(Written(tensors));
        Assert.Equal(tensors.Keys, read.Keys);
        foreach (var (name, tensor) in tensors)
        {
            Assert.Equal(tensor.dtype, read[name].dtype);
            Assert.Equal(tensor.shape, read[name].shape);
            Assert.True(tensor.eq(read[name]).all().item<bool>());
        }
    }

    [Fact]
    public void The_layout_is_that_of_the_format()
    {
        using var scope = NewDisposeScope();
        var bytes = Written(new() { ["x"] = tensor(new float[] { 1, -2 }) }).ToArray();
        const string Header = """{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""";
        var padded = (Header.Length + 7) / 8 * 8;
        Assert.Equal(padded, BitConverter.ToInt64(bytes));
        Assert.Equal(Header.PadRight(padded), Encoding.UTF8.GetString(bytes, 8, padded));
        Assert.Equal([1f, -2f], new[] { BitConverter.ToSingle(bytes, 8 + padded), BitConverter.ToSingle(bytes, 12 + padded) });
        Assert.Equal(8 + padded + 8, bytes.Length);
    }

    [Fact]
    public void Metadata_is_passed_over() =>
        Assert.Empty(Safetensors.Read(File("""{"__metadata__":{"format":"pt"}}""", 0)));

    [Theory]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 7, "cut off")]
    [InlineData("""{"x":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "expected are 12 bytes")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "from 0")]
    [InlineData("""{"x":{"dtype":"F4","shape":[2],"data_offsets":[0,8]}}""", 8, "element type F4")]
    [InlineData("""{"x":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "negative")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"x":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", 16, "two tensors")]
    [InlineData("""{"x":{"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,8]}}""", 8, "'x'")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[]}}""", 8, "malformed")]
    [InlineData("""{"x":{"dtype":null,"shape":[2],"data_offsets":[0,8]}}""", 8, "element type")]
    [InlineData("""{"x":{"shape":[2]}}""", 8, "malformed")]
    [InlineData("""{"x":""", 8, "malformed")]
    public void A_file_that_is_not_whole_says_why(string header, int content, string words)
    {
        using var scope = NewDisposeScope();
        Assert.Contains(words, Assert.Throws<InvalidDataException>(() => Safetensors.Read(File(header, content))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_something_else_is_not_taken_for_tensors()
    {
        Assert.Throws<InvalidDataException>(() => Safetensors.Read(new MemoryStream("PK\x3\x4 this is a zip archive"u8.ToArray())));
        Assert.Throws<InvalidDataException>(() => Safetensors.Read(new MemoryStream([1, 2, 3])));
    }

    private static MemoryStream Written(Dictionary<string, Tensor> tensors)
    {
        var stream = new MemoryStream();
        Safetensors.Write(stream, tensors);
        stream.Position = 0;
        return stream;
    }

    private static MemoryStream File(string header, int content)
    {
        var stream = new MemoryStream();
        stream.Write(BitConverter.GetBytes((long)header.Length));
        stream.Write(Encoding.UTF8.GetBytes(header));
        stream.Write(new byte[content]);
        stream.Position = 0;
        return stream;
    }
}
