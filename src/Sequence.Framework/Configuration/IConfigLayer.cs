using Microsoft.Extensions.Configuration;

namespace Sequence.Framework.Configuration;

/// <summary>A source of configuration that knows where its values stand.</summary>
internal interface IConfigLayer : IConfigurationProvider
{
    /// <summary>Everything this layer says, once loaded.</summary>
    ConfigNode Read();
}
