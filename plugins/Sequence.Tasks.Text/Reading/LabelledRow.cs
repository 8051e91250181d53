namespace Sequence.Tasks.Text.Reading;

/// <summary>A text and its class.</summary>
/// <param name="Line">Line on which it begins in its file.</param>
/// <param name="Class">Index of its class.</param>
/// <param name="Text">The text.</param>
internal readonly record struct LabelledRow(long Line, int Class, string Text);
