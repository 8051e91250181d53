namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class init
        {
            /// <summary>Whether the variance of the activations (FanIn) or of the gradients (FanOut) is kept.</summary>
            public enum FanInOut
            {
                FanIn,
                FanOut,
            }
        }
    }
}
