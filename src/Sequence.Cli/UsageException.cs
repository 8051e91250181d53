namespace Sequence.Cli;

/// <summary>What was asked cannot be done; the message says why and what to do instead.</summary>
internal sealed class UsageException(string message) : Exception(message);
