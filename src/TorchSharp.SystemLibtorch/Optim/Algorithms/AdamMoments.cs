namespace TorchSharp.Modules;

/// <summary>
/// The arithmetic that Adam and AdamW share (Kingma and Ba 2015, arXiv:1412.6980), operation for operation as PyTorch's
/// foreach form has it: <c>m = b1 m + (1 - b1) g</c>, <c>v = b2 v + (1 - b2) g^2</c>,
/// <c>p -= lr / (1 - b1^t) m / (sqrt(v) / sqrt(1 - b2^t) + eps)</c>.
/// </summary>
internal static class AdamMoments
{
    /// <param name="t">The number of this step for each parameter, from 1.</param>
    /// <param name="vMax">The largest v so far (AMSGrad), or null.</param>
    public static void Step(
        torch.Tensor[] p, torch.Tensor[] g, torch.Tensor[] m, torch.Tensor[] v, torch.Tensor[]? vMax,
        long[] t, double lr, double b1, double b2, double eps)
    {
        Foreach.mul_(m, b1);
        Foreach.add_(m, g, alpha: 1 - b1);
        Foreach.mul_(v, b2);
        Foreach.addcmul_(v, g, g, 1 - b2);
        if (vMax is not null)
            Foreach.maximum_(vMax, v);

        var denominator = Foreach.sqrt(vMax ?? v);
        if (t.AsSpan().ContainsAnyExcept(t[0]))
        {
            Foreach.div_(denominator, Array.ConvertAll(t, k => Math.Sqrt(1 - Math.Pow(b2, k))));
            Foreach.add_(denominator, eps);
            Foreach.addcdiv_(p, m, denominator, Array.ConvertAll(t, k => -lr / (1 - Math.Pow(b1, k))));
        }
        else
        {
            Foreach.div_(denominator, Math.Sqrt(1 - Math.Pow(b2, t[0])));
            Foreach.add_(denominator, eps);
            Foreach.addcdiv_(p, m, denominator, -lr / (1 - Math.Pow(b1, t[0])));
        }
    }
}
