using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>A module that holds nothing to register, train or move.</summary>
public abstract class ParameterLessModule<T1, TResult>(string name) : nn.Module<T1, TResult>(name)
{
    public override void register_buffer(string name, Tensor tensor, bool persistent = true) => throw Refused("buffer");

    public override void register_parameter(string name, Parameter param) => throw Refused("parameter");

    public override void register_module(string name, nn.Module submodule) => throw Refused("sub-module");

    private InvalidOperationException Refused(string kind) => new($"{GetName()} has no parameters: it cannot register a {kind}.");
}
