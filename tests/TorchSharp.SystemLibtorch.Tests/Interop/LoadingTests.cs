using TorchSharp.Interop;

namespace TorchSharp.Tests.Interop;

public sealed class LoadingTests
{
    [Fact]
    public void A_missing_library_is_named_with_its_place_and_what_to_do()
    {
        var message = Assert.Throws<DllNotFoundException>(() => Load("NoSuchLibrary")).Message;
        Assert.StartsWith(Place("NoSuchLibrary") + " is missing", message);
        Assert.Contains("eng/setup.sh", message);
        Assert.Contains("SequenceTorchLibrary", message);
    }

    [Fact]
    [Trait("Needs", "checkout")]
    public void A_library_that_cannot_be_loaded_is_refused_with_the_systems_reason()
    {
        File.WriteAllText(Place("Broken"), "no library");
        try
        {
            var message = Assert.Throws<DllNotFoundException>(() => Load("Broken")).Message;
            Assert.StartsWith(Place("Broken") + " is there, but", message);
            Assert.Contains("file too short", message);
            Assert.Contains($"libtorch {TorchSharp.SystemLibtorch.Version}", message);
        }
        finally
        {
            File.Delete(Place("Broken"));
        }
    }

    private static void Load(string library) => Loading.Load(library, typeof(torch).Assembly, null);

    private static string Place(string library) => Path.Combine(AppContext.BaseDirectory, $"lib{library}.so");
}
