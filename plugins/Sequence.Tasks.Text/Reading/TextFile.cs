using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Sequence.Components;

namespace Sequence.Tasks.Text.Reading;

/// <summary>A file of text that options name: UTF-8, gzip where its name ends in <c>.gz</c>.</summary>
/// <param name="path">The file.</param>
/// <param name="option">The option that names it, for errors.</param>
/// <param name="sha256">SHA-256 of the file as stored, in hexadecimal; null to trust it.</param>
internal sealed class TextFile(FilePath path, string option, string? sha256 = null)
{
    /// <summary>The absolute path.</summary>
    public string Name => path.Full;

    /// <summary>The whole text.</summary>
    public string ReadToEnd() => Read(reader => reader.ReadToEnd());

    /// <summary>Checks the file and reads it.</summary>
    /// <exception cref="TaskDataException">It is missing, not the one expected, damaged, or not UTF-8.</exception>
    public T Read<T>(Func<TextReader, T> read)
    {
        if (!File.Exists(path.Full))
            throw Missing();

        CheckSum();
        try
        {
            using var stored = File.OpenRead(path.Full);
            using Stream content = IsGzip ? new GZipStream(stored, CompressionMode.Decompress) : stored;
            using var reader = new StreamReader(content, new UTF8Encoding(false, throwOnInvalidBytes: true), true, 1 << 16);
            return read(reader);
        }
        catch (InvalidDataException damaged) when (IsGzip)
        {
            throw new TaskDataException(path.Full, $"its name ends in .gz, but it is not an undamaged gzip file ({damaged.Message}); restore it, or rename it if it is plain text.");
        }
        catch (DecoderFallbackException)
        {
            throw new TaskDataException(path.Full, "is not UTF-8 text; convert it, for example with iconv -t UTF-8.");
        }
        catch (UnauthorizedAccessException)
        {
            throw new TaskDataException(path.Full, "may not be read; check its permissions.");
        }
    }

    private bool IsGzip => path.Full.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);

    private void CheckSum()
    {
        if (sha256 is null)
            return;

        using var stored = File.OpenRead(path.Full);
        var found = Convert.ToHexStringLower(SHA256.HashData(stored));
        if (!found.Equals(sha256, StringComparison.OrdinalIgnoreCase))
            throw new TaskDataException(path.Full, $"is not the file that option '{option}' expects: its SHA-256 is {found}, expected {sha256}. Restore the file, or remove the sum from the options if another one is meant.");
    }

    private TaskDataException Missing()
    {
        var folder = Path.GetDirectoryName(path.Full) ?? "/";
        if (!Directory.Exists(folder))
            return new TaskDataException(path.Full, $"is missing, and so is its folder; option '{option}' names it as '{path.Written}'.");

        var name = Path.GetFileName(path.Full);
        var near = Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file)!)
            .OrderBy(other => NameDistance.Between(name, other)).ThenBy(other => other, StringComparer.Ordinal).Take(3).ToList();
        return new TaskDataException(path.Full, $"is missing; option '{option}' names it as '{path.Written}'. "
            + (near.Count == 0 ? "Its folder is empty." : $"Nearest names in its folder: {string.Join(", ", near)}."));
    }
}
