using System.Collections.Concurrent;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Sequence.Cli.Progress;

/// <summary>The column beside a bar: loss, speed, time left. Written by the training thread, drawn by the terminal's.</summary>
internal sealed class FiguresColumn : ProgressColumn
{
    private readonly ConcurrentDictionary<int, string> _texts = new();

    /// <summary>Sets the text beside a bar.</summary>
    public void Show(ProgressTask bar, string text) => _texts[bar.Id] = text;

    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Text(_texts.GetValueOrDefault(task.Id, ""));
}
