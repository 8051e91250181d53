namespace Sequence.Kernels.Steps;

/// <summary>
/// Functions of vectors, elementwise. Each writes its results over x and gives x back. The other operands have as many numbers, or are one vector that
/// all rows share.
/// </summary>
public static class VectorMath
{
    /// <summary>x sigmoid(x).</summary>
    public static Vectors Silu(this Vectors x) => Apply<SiluOf>(x, x, x);

    /// <summary>1 / (1 + e^-x).</summary>
    public static Vectors Sigmoid(this Vectors x) => Apply<SigmoidOf>(x, x, x);

    /// <summary>log(1 + e^x).</summary>
    public static Vectors Softplus(this Vectors x) => Apply<SoftplusOf>(x, x, x);

    /// <summary>log sigmoid(x).</summary>
    public static Vectors LogSigmoid(this Vectors x) => Apply<LogSigmoidOf>(x, x, x);

    /// <summary>e^x.</summary>
    public static Vectors Exp(this Vectors x) => Apply<ExpOf>(x, x, x);

    /// <summary>max(x, 0).</summary>
    public static Vectors Relu(this Vectors x) => Apply<ReluOf>(x, x, x);

    /// <summary>x Phi(x), exact.</summary>
    public static Vectors Gelu(this Vectors x) => Apply<GeluOf>(x, x, x);

    /// <summary>elu(x) + 1.</summary>
    public static Vectors EluPlusOne(this Vectors x) => Apply<EluPlusOneOf>(x, x, x);

    /// <summary>x + 1/2 where x is not below 0, sigmoid(x) elsewhere.</summary>
    public static Vectors Positive(this Vectors x) => Apply<PositiveOf>(x, x, x);

    /// <summary>e^(-x e^y): what a step of size x leaves of a state whose rate is e^y.</summary>
    public static Vectors Decay(this Vectors x, Vectors y) => Apply<DecayOf>(x, y, x);

    /// <summary>x + y.</summary>
    public static Vectors Plus(this Vectors x, Vectors y) => Apply<SumOf>(x, y, x);

    /// <summary>x + y z.</summary>
    public static Vectors PlusProduct(this Vectors x, Vectors y, Vectors z) => Apply<SumWithProductOf>(x, y, z);

    /// <summary>x y.</summary>
    public static Vectors Times(this Vectors x, Vectors y) => Apply<ProductOf>(x, y, x);

    /// <summary>x silu(y).</summary>
    public static Vectors TimesSilu(this Vectors x, Vectors y) => Apply<ProductWithSiluOf>(x, y, x);

    /// <summary>x sigmoid(y).</summary>
    public static Vectors TimesSigmoid(this Vectors x, Vectors y) => Apply<ProductWithSigmoidOf>(x, y, x);

    /// <summary>(1 - z) x + z c with z = sigmoid(logit): how a gate moves a state on.</summary>
    public static Vectors Gate(this Vectors x, Vectors logit, Vectors c) => Apply<GateOf>(x, logit, c);

    /// <summary>s x + t y.</summary>
    public static Vectors Mix(this Vectors x, double s, Vectors y, double t)
    {
        x.Fits(y);
        if (x.IsDouble)
            MixLoop<double>.Run(x, s, y, t);
        else
            MixLoop<float>.Run(x, s, y, t);
        return x;
    }

    /// <summary>s x.</summary>
    public static Vectors Times(this Vectors x, double s) => x.Mix(s, x, 0);

    private static Vectors Apply<TFunction>(Vectors x, Vectors y, Vectors z)
        where TFunction : IVectorFunction
    {
        x.Fits(y);
        x.Fits(z);
        if (x.IsDouble)
            VectorLoop<double, TFunction>.Run(x, y, z);
        else
            VectorLoop<float, TFunction>.Run(x, y, z);
        return x;
    }
}
