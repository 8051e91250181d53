namespace TorchSharp.Tests.Optim;

/// <summary>The optimizers of one number, in float64 and straight from their papers: what the tensor forms are held to.</summary>
internal static class References
{
    /// <summary>A function of (parameter, gradient, step from 1) that gives the new parameter.</summary>
    public delegate double Update(double p, double g, int t);

    public static Update Adam(double lr, double b1, double b2, double eps, double decay, bool decoupled, bool amsgrad, bool maximize)
    {
        double m = 0, v = 0, most = 0;
        return (p, g, t) =>
        {
            if (maximize)
                g = -g;
            if (decoupled)
                p -= lr * decay * p;
            else
                g += decay * p;
            m = b1 * m + (1 - b1) * g;
            v = b2 * v + (1 - b2) * g * g;
            most = Math.Max(most, v);
            var second = (amsgrad ? most : v) / (1 - Math.Pow(b2, t));
            return p - lr * (m / (1 - Math.Pow(b1, t))) / (Math.Sqrt(second) + eps);
        };
    }

    public static Update Sgd(double lr, double momentum, double dampening, double decay, bool nesterov, bool maximize)
    {
        double? b = null;
        return (p, g, _) =>
        {
            g = (maximize ? -g : g) + decay * p;
            b = b is { } before ? momentum * before + (1 - dampening) * g : g;
            return p - lr * (momentum == 0 ? g : nesterov ? g + momentum * b.Value : b.Value);
        };
    }

    public static Update Adagrad(double lr, double slowing, double decay, double initial, double eps)
    {
        var sum = initial;
        return (p, g, t) =>
        {
            g += decay * p;
            sum += g * g;
            return p - lr / (1 + (t - 1) * slowing) * g / (Math.Sqrt(sum) + eps);
        };
    }

    public static Update RmsProp(double lr, double alpha, double eps, double decay, double momentum, bool centered)
    {
        double v = 0, mean = 0, b = 0;
        return (p, g, _) =>
        {
            g += decay * p;
            v = alpha * v + (1 - alpha) * g * g;
            mean = alpha * mean + (1 - alpha) * g;
            var scaled = g / (Math.Sqrt(centered ? v - mean * mean : v) + eps);
            b = momentum * b + scaled;
            return p - lr * (momentum > 0 ? b : scaled);
        };
    }
}
