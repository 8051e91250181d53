using Sequence.Caching;
using Sequence.Framework.Sessions;

namespace Sequence.EndToEnd.Tests.Samples;

/// <summary>The page of the README about using a trained model from a program; a test compares both and runs this.</summary>
internal static class Winner
{
    public static async Task Use(string run, CancellationToken stop)
    {
        // sample
        using var model = TrainedModel.Load(run);
        var options = new SessionOptions
        {
            Cache = model.Components.Read<CachePolicy>("sliding-window:256"),
            Generation = new() { MaxTokens = 200, Temperature = 0.8, TopP = 0.95, RepetitionPenalty = 1.1 },
        };

        using var session = model.StartSession(options);
        await foreach (var piece in session.GenerateAsync("the sea ", cancellation: stop))
            Console.Write(piece);
        Console.WriteLine($" ({session.Position} tokens, {session.StateBytes} bytes)");

        using var other = session.Fork();                       // goes on by itself
        session.Save(Path.Combine(run, "sea.session"));         // model.LoadSession(...) goes on, here or in another process
        foreach (var piece in model.Generate(["the sea ", "the ship goes "], options, stop))
            Console.WriteLine($"{piece.Row}: {piece.Text}");    // a batch, row by row as they come

        using var rows = model.StartTokens(options, batch: 2);  // tokens and logits instead of texts
        rows.Prefill([[1, 2, 3], [4]], stop);
        rows.Step([5, 6]);
        ReadOnlySpan<float> logits = rows.Logits(row: 1);
        // end

        Assert.Equal(model.Model.Interface.Classes, logits.Length);
        Assert.Equal(session.Position, other.Position);
        using var moved = model.LoadSession(Path.Combine(run, "sea.session"));
        Assert.Equal(string.Concat(session.Generate("", new() { MaxTokens = 9 }, stop)), string.Concat(moved.Generate("", new() { MaxTokens = 9 }, stop)));
    }
}
