using Microsoft.Extensions.DependencyInjection;

namespace Sequence.Plugins;

/// <summary>Registers what scanning for component factories cannot find. Optional: most plugins need none.</summary>
public interface ISequencePlugin
{
    /// <summary>Adds services to the host's container. Modules never go into the container: register factories.</summary>
    void Register(IServiceCollection services);
}
