namespace Fixtures.Dyes;

/// <summary>The first version of a library.</summary>
public abstract class Dye
{
    public static string Name => "madder";
}
