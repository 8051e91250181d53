namespace Fixtures.Broken;

/// <summary>A broken mixer leaves nothing to choose.</summary>
internal sealed record NoOptions;
