namespace Fixtures.Dyes;

/// <summary>The second version of a library, which broke with the first.</summary>
public abstract class Dye
{
    public static string NameOf(int shade) => $"indigo {shade}";
}
