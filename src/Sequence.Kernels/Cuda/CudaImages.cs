using System.Security.Cryptography;
using System.Text;

namespace Sequence.Kernels.Cuda;

/// <summary>
/// Compiled kernels on disk, by the hash of source, options, compiler and architecture. Nothing is lost where it cannot be written: the kernels are compiled again.
/// </summary>
/// <param name="compiler">What compiled them.</param>
/// <param name="folder">Where they lie.</param>
internal sealed class CudaImages(Nvrtc compiler, string folder)
{
    /// <summary>What was kept; null where there is none that can be read.</summary>
    public byte[]? Read(CudaSource source, int architecture)
    {
        var file = File_(source, architecture);
        try
        {
            return File.Exists(file) ? File.ReadAllBytes(file) : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps what was compiled.</summary>
    public void Write(CudaSource source, int architecture, byte[] image)
    {
        var file = File_(source, architecture);
        try
        {
            Directory.CreateDirectory(folder);
            var partial = $"{file}.{Guid.NewGuid():n}";
            File.WriteAllBytes(partial, image);
            File.Move(partial, file, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // a cache: the next process compiles again
        }
    }

    private string File_(CudaSource source, int architecture)
    {
        var key = $"{source.Hash} {compiler.Version} {architecture}";
        return Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(source.Name)}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..32]}.bin");
    }
}
