namespace TorchSharp.Modules;

public sealed partial class GELU
{
    /// <summary>How the normal distribution function is computed: exactly, or by a tanh.</summary>
    public enum Approximate
    {
        none = 0,
        tanh = 1,
    }
}
