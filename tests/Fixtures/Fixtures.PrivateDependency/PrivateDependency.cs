using Sequence.Components;
using Sequence.Tasks;

namespace Fixtures;

public sealed record DyedOptions;

/// <summary>Says what its own version of the library says.</summary>
internal sealed class DyedFactory : IComponentFactory<ITokenizer, DyedOptions>
{
    public string Name => "dyed";

    public string Description => "Says a colour.";

    public ITokenizer Create(DyedOptions options, ComponentContext context) => new FixedTokenizer(Dyes.Dye.Name);
}

/// <summary>A type that cannot be loaded without the library.</summary>
internal sealed class Cloth : Dyes.Dye;
