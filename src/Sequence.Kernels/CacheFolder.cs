namespace Sequence.Kernels;

/// <summary>Where things lie that can be made again, for one user.</summary>
public static class CacheFolder
{
    /// <summary>One of them: <c>sequence-framework/<paramref name="name"/></c> below <c>XDG_CACHE_HOME</c>, else below the system's own.</summary>
    public static string Of(string name) => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache
            : OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "sequence-framework",
        name);
}
