namespace Sequence.Benchmarks.Measuring;

/// <summary>What is timed.</summary>
public enum Pass
{
    /// <summary>Outputs, without a graph.</summary>
    Forward,

    /// <summary>Outputs with a graph, and the gradients to all inputs and parameters.</summary>
    Both,

    /// <summary>One step: of an optimizer, or of decoding.</summary>
    Step,
}

/// <summary>Passes in words.</summary>
public static class Passes
{
    /// <summary>As rows name it.</summary>
    public static string Words(this Pass pass) => pass switch
    {
        Pass.Forward => "forward",
        Pass.Both => "forward+backward",
        Pass.Step => "step",
        _ => throw new ArgumentOutOfRangeException(nameof(pass), pass, "No such pass."),
    };

    /// <summary>As peers are asked for it.</summary>
    public static string Request(this Pass pass) => $"{pass}".ToLowerInvariant();
}
