namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            /// <summary>
            /// All parameters, then all persistent buffers, by path. The tensors are the module's own, not copies; a shared
            /// parameter stands under each of its paths.
            /// </summary>
            /// <param name="destination">A dictionary to add to, or null for a new one.</param>
            /// <param name="prefix">Put in front of each path, with a dot between.</param>
            public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
            {
                destination ??= [];
                var front = string.IsNullOrEmpty(prefix) ? "" : $"{prefix}.";
                foreach (var (path, parameter) in AllParameters(front, recurse: true))
                    destination[path] = parameter;
                foreach (var (path, buffer) in AllBuffers(front, recurse: true, includeNonpersistent: false))
                    destination[path] = buffer;
                return destination;
            }

            /// <summary>
            /// Copies values into the module's own tensors, converting element type and device. Everything is checked first:
            /// an error leaves the module as it was. A shared parameter may stand under any one of its paths.
            /// </summary>
            /// <exception cref="InvalidOperationException">Under <paramref name="strict"/>, the keys differ; or a shape differs.</exception>
            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(
                Dictionary<string, Tensor> source, bool strict = true, IList<string>? skip = null)
            {
                var target = state_dict();
                var skipped = new HashSet<string>(skip ?? []);
                var loads = source.Where(entry => target.ContainsKey(entry.Key) && !skipped.Contains(entry.Key)).ToList();
                var found = new HashSet<Tensor>(loads.Select(entry => target[entry.Key]), ReferenceEqualityComparer.Instance);

                List<string> missing = [.. target.Where(entry => !skipped.Contains(entry.Key) && !found.Contains(entry.Value)).Select(entry => entry.Key)];
                List<string> unexpected = [.. source.Keys.Where(key => !target.ContainsKey(key) && !skipped.Contains(key))];
                if (strict && missing.Count + unexpected.Count > 0)
                    throw new InvalidOperationException($"The state dictionary does not fit {GetName()}: {Describe("missing", missing)}{Describe("unexpected", unexpected)}");

                foreach (var (key, value) in loads)
                {
                    if (!value.shape.AsSpan().SequenceEqual(target[key].shape))
                        throw new InvalidOperationException(
                            $"The state dictionary does not fit {GetName()}: '{key}' has shape [{string.Join(", ", value.shape)}], the module's [{string.Join(", ", target[key].shape)}].");
                }

                using var frozen = no_grad();
                foreach (var (key, value) in loads)
                    target[key].copy_(value);
                return (missing, unexpected);
            }

            private static string Describe(string kind, List<string> keys)
            {
                const int Shown = 8;
                if (keys.Count == 0)
                    return "";
                var more = keys.Count > Shown ? $" and {keys.Count - Shown} more" : "";
                return $"{keys.Count} {kind} ({string.Join(", ", keys.Take(Shown))}{more}). ";
            }
        }
    }
}
