namespace Sequence.Framework.Configuration;

/// <summary>A configuration cannot be used. Carries every problem found, so that one reading mends them all.</summary>
/// <param name="problems">The problems, in the order of the configuration.</param>
public sealed class ConfigurationException(IReadOnlyList<ConfigurationProblem> problems)
    : Exception(string.Join(Environment.NewLine, problems))
{
    /// <summary>A single problem.</summary>
    public ConfigurationException(ConfigurationProblem problem) : this([problem])
    {
    }

    /// <summary>The problems, at least one.</summary>
    public IReadOnlyList<ConfigurationProblem> Problems { get; } = problems;
}
