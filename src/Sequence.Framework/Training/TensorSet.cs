using static TorchSharp.torch;

namespace Sequence.Framework.Training;

/// <summary>Tensors by name, read from a file, put in the place of others.</summary>
internal static class TensorSet
{
    /// <summary>Copies every tensor of <paramref name="from"/> into that of the same name.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing, unknown, or of another shape or element type.</exception>
    public static void Copy(IReadOnlyDictionary<string, Tensor> from, IReadOnlyDictionary<string, Tensor> to, string owner)
    {
        var missing = to.Keys.Except(from.Keys).ToList();
        var unknown = from.Keys.Except(to.Keys).ToList();
        if (missing.Count + unknown.Count > 0)
            throw new InvalidDataException($"The saved tensors are not those of this {owner}: {Listed("missing", missing)}{Listed("unknown", unknown)}was it saved with another configuration?");

        using var frozen = no_grad();
        foreach (var (name, target) in to)
        {
            var source = from[name];
            if (!source.shape.SequenceEqual(target.shape) || source.dtype != target.dtype)
                throw new InvalidDataException($"Saved tensor '{name}' is {source.dtype} [{string.Join(", ", source.shape)}]; this {owner} has {target.dtype} [{string.Join(", ", target.shape)}].");
            target.copy_(source);
        }
    }

    private static string Listed(string kind, List<string> names) => names.Count == 0 ? "" : $"{kind} {string.Join(", ", names.Take(5))}{(names.Count > 5 ? $" and {names.Count - 5} more" : "")}; ";
}
