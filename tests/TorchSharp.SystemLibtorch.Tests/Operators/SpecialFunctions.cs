namespace TorchSharp.Tests.Operators;

/// <summary>Functions that System.Math lacks, by series, recurrences and Newton's method.</summary>
internal static class SpecialFunctions
{
    /// <summary>2/sqrt(pi) * sum of (-1)^n x^(2n+1) / (n! (2n+1)), good for |x| below 4.</summary>
    public static double Erf(double x)
    {
        double term = x, sum = x;
        for (int n = 1; n < 200; n++)
        {
            term *= -x * x / n;
            sum += term / ((2 * n) + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * sum;
    }

    public static double Erfinv(double y)
    {
        double x = 0;
        for (int i = 0; i < 60; i++)
        {
            x -= (Erf(x) - y) / (2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x));
        }

        return x;
    }

    /// <summary>ln Gamma(x) for x above 0: moved above 20 by the recurrence, then Stirling's series.</summary>
    public static double LogGamma(double x)
    {
        double shift = 0;
        for (; x < 20; x++)
        {
            shift -= Math.Log(x);
        }

        return shift + ((x - 0.5) * Math.Log(x)) - x + (0.5 * Math.Log(2 * Math.PI)) + (1 / (12 * x)) - (1 / (360 * Math.Pow(x, 3))) + (1 / (1260 * Math.Pow(x, 5)));
    }

    public static double Digamma(double x)
    {
        double shift = 0;
        for (; x < 20; x++)
        {
            shift -= 1 / x;
        }

        return shift + Math.Log(x) - (1 / (2 * x)) - (1 / (12 * x * x)) + (1 / (120 * Math.Pow(x, 4))) - (1 / (252 * Math.Pow(x, 6)));
    }

    /// <summary>The modified Bessel function of order 0: sum of (x^2/4)^k / (k!)^2.</summary>
    public static double BesselI0(double x)
    {
        double term = 1, sum = 1;
        for (int k = 1; k < 60; k++)
        {
            term *= x * x / 4 / k / k;
            sum += term;
        }

        return sum;
    }

    public static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    public static double NormalCdf(double x) => 0.5 * (1 + Erf(x / Math.Sqrt(2)));

    public static double LogSumExp(IEnumerable<double> values)
    {
        double[] line = [.. values];
        double max = line.Length == 0 ? double.NegativeInfinity : line.Max();
        return double.IsInfinity(max) ? max : max + Math.Log(line.Sum(v => Math.Exp(v - max)));
    }
}
