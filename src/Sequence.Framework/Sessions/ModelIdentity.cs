using System.Security.Cryptography;
using System.Text;
using Sequence.Framework.Configuration;
using Sequence.Framework.Models;
using static TorchSharp.torch;

namespace Sequence.Framework.Sessions;

/// <summary>Which model a session is of: the same identity, the same function.</summary>
/// <param name="Options">SHA-256 of its options and of what it was made for.</param>
/// <param name="Parameters">SHA-256 of the names, shapes and bytes of its parameters and buffers.</param>
/// <param name="Plugins">Names and versions of the plugins that its components are of.</param>
internal sealed record ModelIdentity(string Options, string Parameters, IReadOnlyDictionary<string, string> Plugins)
{
    private const int Chunk = 1 << 20;

    public static ModelIdentity Of(SequenceModel model, SessionOptions session) => new(
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{OptionsJson.Of(model.Options)!.ToJsonString()} {model.Interface}"))),
        Hash(model),
        new SortedDictionary<string, string>(
            new object?[] { model.Options, session.Cache, session.State }.SelectMany(OptionsJson.Plugins).DistinctBy(plugin => plugin.Name)
                .ToDictionary(plugin => plugin.Name!, plugin => $"{plugin.Version}"),
            StringComparer.Ordinal));

    /// <summary>How the model that something was saved with differs from this one, in words; null where it does not.</summary>
    public string? Difference(ModelIdentity saved) =>
        saved.Options != Options ? "it was saved with a model of other options"
        : saved.Parameters != Parameters ? "it was saved with a model of the same options and other parameters: another run, or another checkpoint of it"
        : null;

    /// <summary>How the plugins differ.</summary>
    public string? PluginDifference(ModelIdentity saved)
    {
        foreach (var (name, version) in saved.Plugins)
        {
            if (Plugins.GetValueOrDefault(name) is var here && here != version)
                return $"it was saved with {name} {version}, and {(here is null ? "that plugin has no part in it here" : $"here is {here}")}";
        }

        return null;
    }

    private static string Hash(SequenceModel model)
    {
        using var hash = SHA256.Create();
        using (var stream = new CryptoStream(Stream.Null, hash, CryptoStreamMode.Write))
        {
            foreach (var (name, tensor) in model.state_dict())
            {
                using var scope = NewDisposeScope();
                var plain = tensor.detach().cpu().contiguous();
                stream.Write(Encoding.UTF8.GetBytes($"{name} {plain.dtype} [{string.Join(',', plain.shape)}]\n"));
                if (plain.NumberOfElements > 0)
                    plain.WriteBytesToStream(stream, Chunk);
            }
        }

        return Convert.ToHexStringLower(hash.Hash!);
    }
}
