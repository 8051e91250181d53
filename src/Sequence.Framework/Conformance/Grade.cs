using Sequence.Kernels.Registry;

namespace Sequence.Framework.Conformance;

/// <summary>How a component fares with a law, in the worst of its variants.</summary>
/// <param name="Kind">What kind of component it is: mixer, cache-policy.</param>
/// <param name="Subject">Its name.</param>
/// <param name="Plugin">The plugin that brings it.</param>
/// <param name="Law">The law's name.</param>
/// <param name="Variant">The options that <paramref name="Worst"/> was measured with, as JSON.</param>
/// <param name="Passed">Whether every variant keeps the law.</param>
/// <param name="Worst">The worst error of all variants.</param>
/// <param name="Tolerance">What was allowed there.</param>
/// <param name="Seed">The seed that shows it.</param>
/// <param name="Message">What is wrong and where, for people; null where nothing is.</param>
/// <param name="Forms">What ran while it was tried, over all variants.</param>
/// <param name="Remark">What else was seen, for people; null for nothing.</param>
/// <param name="Skipped">Whether the law has no meaning in the element type, and nothing was tried; the remark says why.</param>
public sealed record Grade(
    string Kind, string Subject, string Plugin, string Law, string Variant, bool Passed, double Worst, double Tolerance, long Seed, string? Message,
    IReadOnlyList<FormUsed> Forms, string? Remark = null, bool Skipped = false);
