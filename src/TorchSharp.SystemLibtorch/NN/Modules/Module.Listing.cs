using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            /// <summary>The module's own parameters, then those of each sub-module in order of registration; a shared one is listed once.</summary>
            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                var seen = new HashSet<Parameter>(ReferenceEqualityComparer.Instance);
                foreach (var (path, parameter) in AllParameters("", recurse))
                {
                    if (seen.Add(parameter))
                        yield return (path, parameter);
                }
            }

            public virtual IEnumerable<Parameter> parameters(bool recurse = true)
            {
                foreach (var (_, parameter) in named_parameters(recurse))
                    yield return parameter;
            }

            /// <summary>The module's own buffers, then those of each sub-module; a shared one is listed once.</summary>
            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true)
            {
                var seen = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
                foreach (var (path, buffer) in AllBuffers("", recurse, include_nonpersistent))
                {
                    if (seen.Add(buffer))
                        yield return (path, buffer);
                }
            }

            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true)
            {
                foreach (var (_, buffer) in named_buffers(recurse, include_nonpersistent))
                    yield return buffer;
            }

            public virtual IEnumerable<(string name, Module module)> named_children() => _internal_submodules;

            public virtual IEnumerable<Module> children() => _internal_submodules.Values;

            /// <summary>All sub-modules, without this module: the children first, then the descendants of each.</summary>
            public virtual IEnumerable<(string name, Module module)> named_modules()
            {
                var seen = new HashSet<Module>(ReferenceEqualityComparer.Instance) { this };
                foreach (var (path, module) in Descendants())
                {
                    if (seen.Add(module))
                        yield return (path, module);
                }
            }

            public virtual IEnumerable<Module> modules()
            {
                foreach (var (_, module) in named_modules())
                    yield return module;
            }

            public virtual bool has_parameter(string target) => get_parameter(target) is not null;

            public virtual bool has_buffer(string target) => get_buffer(target) is not null;

            /// <param name="target">A path such as <c>encoder.0.weight</c>.</param>
            /// <returns>The parameter, or null where the path leads to none.</returns>
            public virtual Parameter? get_parameter(string target) =>
                Owner(target, out var leaf) is { } owner && owner._internal_params.TryGetValue(leaf, out var parameter) ? parameter : null;

            /// <inheritdoc cref="get_parameter"/>
            public virtual Tensor? get_buffer(string target) =>
                Owner(target, out var leaf) is { } owner && owner._internal_buffers.TryGetValue(leaf, out var entry) ? entry.Item1 : null;

            /// <summary>The parameters of the whole tree, each path of a shared one.</summary>
            private IEnumerable<(string path, Parameter parameter)> AllParameters(string prefix, bool recurse)
            {
                foreach (var (component, parameter) in _internal_params)
                    yield return (prefix + component, parameter);
                if (!recurse)
                    yield break;
                foreach (var (component, child) in _internal_submodules)
                {
                    foreach (var found in child.AllParameters($"{prefix}{component}.", true))
                        yield return found;
                }
            }

            private IEnumerable<(string path, Tensor buffer)> AllBuffers(string prefix, bool recurse, bool includeNonpersistent)
            {
                foreach (var (component, (buffer, persistent)) in _internal_buffers)
                {
                    if (persistent || includeNonpersistent)
                        yield return (prefix + component, buffer);
                }
                if (!recurse)
                    yield break;
                foreach (var (component, child) in _internal_submodules)
                {
                    foreach (var found in child.AllBuffers($"{prefix}{component}.", true, includeNonpersistent))
                        yield return found;
                }
            }

            private IEnumerable<(string path, Module module)> Descendants()
            {
                foreach (var (component, child) in _internal_submodules)
                    yield return (component, child);
                foreach (var (component, child) in _internal_submodules)
                {
                    foreach (var (path, module) in child.Descendants())
                        yield return ($"{component}.{path}", module);
                }
            }

            private Module? Owner(string path, out string leaf)
            {
                var levels = path.Split('.');
                leaf = levels[^1];
                var owner = this;
                foreach (var level in levels.AsSpan(..^1))
                {
                    if (!owner._internal_submodules.TryGetValue(level, out owner))
                        return null;
                }
                return owner;
            }
        }
    }
}
