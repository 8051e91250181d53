namespace Sequence.Framework.Training;

public sealed class AtomicFileTests : IDisposable
{
    private readonly RunScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_write_that_fails_leaves_the_file_as_it_was()
    {
        var path = _scratch["file"];
        AtomicFile.Write(path, stream => stream.Write("before"u8));
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write("after"u8);
            throw new InvalidOperationException();
        }));
        Assert.Equal("before", File.ReadAllText(path));

        AtomicFile.Write(path, stream => stream.Write("after"u8));
        Assert.Equal("after", File.ReadAllText(path));
    }

    [Fact]
    public void A_folder_appears_whole_over_what_a_killed_process_left()
    {
        var path = _scratch["folder"];
        Assert.Throws<InvalidOperationException>(() => AtomicFile.WriteFolder(path, folder =>
        {
            File.WriteAllText(Path.Combine(folder, "half"), "");
            throw new InvalidOperationException();
        }));
        Assert.False(Directory.Exists(path));

        AtomicFile.WriteFolder(path, folder => File.WriteAllText(Path.Combine(folder, "whole"), ""));
        Assert.Equal(["whole"], Directory.GetFiles(path).Select(Path.GetFileName));
    }
}
