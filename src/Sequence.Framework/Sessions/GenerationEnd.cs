namespace Sequence.Framework.Sessions;

/// <summary>Why a text ended.</summary>
public enum GenerationEnd
{
    /// <summary>It has as many tokens as were asked for.</summary>
    Length,

    /// <summary>A stop token was drawn.</summary>
    StopToken,

    /// <summary>A stop text came up.</summary>
    StopText,
}
