using TorchSharp.Modules;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            private bool _registered;

            /// <summary>
            /// Registers every field of the module: <see cref="Module"/> fields as sub-modules, <see cref="Parameter"/>
            /// fields as parameters, other <see cref="Tensor"/> fields as persistent buffers. To be called at the end of
            /// a custom module's constructor. Names already registered are left alone; a second call does nothing.
            /// Collections of modules are not searched: use ModuleList, ModuleDict, ParameterList, ParameterDict.
            /// </summary>
            protected virtual void RegisterComponents()
            {
                if (_registered)
                    return;
                _registered = true;

                foreach (var (component, field) in ComponentField.Of(GetType()))
                {
                    switch (field.GetValue(this))
                    {
                        case Module module when !_internal_submodules.ContainsKey(component):
                            register_module(component, module);
                            break;
                        case Modules.Parameter parameter when !_internal_params.ContainsKey(component):
                            register_parameter(component, parameter);
                            break;
                        case Tensor buffer and not Modules.Parameter when !_internal_buffers.ContainsKey(component):
                            register_buffer(component, buffer);
                            break;
                    }
                }
            }

            /// <exception cref="InvalidOperationException">The name is taken.</exception>
            /// <exception cref="ArgumentException">The name contains a dot, which separates the levels of a path.</exception>
            public virtual void register_module(string name, Module submodule)
            {
                CheckComponentName(name, "a sub-module");
                if (_internal_submodules.ContainsKey(name))
                    throw new InvalidOperationException($"Sub-module {name} is already registered.");
                submodule.RegisterComponents();
                _internal_submodules.Add(name, submodule);
            }

            public void add_module(string name, Module module) => register_module(name, module);

            /// <inheritdoc cref="register_module"/>
            public virtual void register_parameter(string name, Parameter param)
            {
                CheckComponentName(name, "a parameter");
                if (_internal_params.ContainsKey(name))
                    throw new InvalidOperationException($"Parameter {name} is already registered.");
                _internal_params.Add(name, (Parameter)param.DetachFromDisposeScope());
            }

            /// <param name="persistent">Whether the buffer belongs to the state dictionary. It is listed and moved either way.</param>
            /// <inheritdoc cref="register_module"/>
            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                CheckComponentName(name, "a buffer");
                if (_internal_buffers.ContainsKey(name))
                    throw new InvalidOperationException($"Tensor {name} is already registered.");
                _internal_buffers.Add(name, (tensor.DetachFromDisposeScope(), persistent));
            }

            /// <summary>Registers the parameter, or replaces or removes the one of that name: for properties that may be assigned or null.</summary>
            protected void ConditionallyRegisterParameter(string name, Parameter? value)
            {
                _internal_params.Remove(name);
                if (value is not null)
                    register_parameter(name, value);
            }

            /// <inheritdoc cref="ConditionallyRegisterParameter(string, Parameter?)"/>
            protected void ConditionallyRegisterParameter(string name, Tensor value) =>
                ConditionallyRegisterParameter(name, value as Parameter ?? new Parameter(value));

            /// <summary>Registers the buffer, or replaces or removes the one of that name.</summary>
            protected void ConditionallyRegisterBuffer(string name, Tensor? value, bool persistent = true)
            {
                _internal_buffers.Remove(name);
                if (value is not null)
                    register_buffer(name, value, persistent);
            }

            /// <summary>Forgets all sub-modules, without disposing of them.</summary>
            protected void ClearModules() => _internal_submodules.Clear();

            private void CheckComponentName(string component, string kind)
            {
                if (string.IsNullOrEmpty(component))
                    throw new ArgumentException($"{GetName()}: {kind} needs a name.");
                if (component.Contains('.', StringComparison.Ordinal))
                    throw new ArgumentException($"{GetName()}: '{component}' cannot name {kind}: a dot separates the levels of a path.");
            }
        }
    }
}
