using System.Security.Cryptography;
using System.Text;
using static TorchSharp.torch;

namespace Sequence.Kernels.Cuda;

/// <summary>
/// A program in CUDA C++ (<c>Sources/</c>, which the assembly carries) with its macros: one for each element type, and for each input that it is made for.
/// </summary>
internal sealed class CudaSource
{
    private const string Headers_ = ".cuh";

    private static readonly Lazy<IReadOnlyDictionary<string, string>> _headers = new(() => Names().Where(name => name.EndsWith(Headers_, StringComparison.Ordinal)).ToDictionary(name => name, Read));

    private CudaSource(string name, IReadOnlyList<string> options) => (Name, Text, Options) = (name, Read(name), options);

    /// <summary>The file.</summary>
    public string Name { get; }

    /// <summary>What it says.</summary>
    public string Text { get; }

    /// <summary>What it may include, by name.</summary>
    public static IReadOnlyDictionary<string, string> Headers => _headers.Value;

    /// <summary>Options of the compiler, without the architecture.</summary>
    public IReadOnlyList<string> Options { get; }

    /// <summary>A file for an element type of inputs; its states are never narrower than float32.</summary>
    /// <param name="name">Such as "diagonal_scan.cu".</param>
    /// <param name="element">float32, float64 or bfloat16.</param>
    /// <param name="definitions">More macros, such as <c>INPUT="log_decays.cuh"</c>.</param>
    public static CudaSource Of(string name, ScalarType element, params IEnumerable<string> definitions)
    {
        var (stored, state) = element switch
        {
            ScalarType.Float64 => ("double", "double"),
            ScalarType.BFloat16 => ("bfloat16", "float"),
            _ => ("float", "float"),
        };
        return new(name, ["--std=c++17", $"-DSTORED={stored}", $"-DSTATE={state}", .. definitions.Select(each => $"-D{each}")]);
    }

    /// <summary>A hash of all that the result depends on but the compiler and the architecture.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', [Text, .. Options, .. Headers.OrderBy(each => each.Key, StringComparer.Ordinal).SelectMany(each => (string[])[each.Key, each.Value])]))));

    /// <summary>For messages: the file and its macros.</summary>
    public override string ToString() => $"{Name} ({string.Join(' ', Options)})";

    private static string[] Names() => typeof(CudaSource).Assembly.GetManifestResourceNames();

    private static string Read(string name)
    {
        using var stream = typeof(CudaSource).Assembly.GetManifestResourceStream(name) ?? throw new CudaException($"There is no kernel source {name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
