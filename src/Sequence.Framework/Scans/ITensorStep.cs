namespace Sequence.Framework.Scans;

/// <summary>
/// A mixer whose Advance by one token of every row is the same operations on tensors of the same shapes each time, nothing of it decided on the host: it
/// can be captured once and launched again.
/// </summary>
internal interface ITensorStep;
