using Sequence.Fixtures.TinyRuns;
using static TorchSharp.torch;

namespace Sequence.Framework.Training;

[Collection(TensorTests.Name)]
public sealed class EnvironmentLogTests : IDisposable
{
    private readonly RunScratch _scratch = new();
    private readonly Silent _observer = new();
    private readonly RunFolder _folder;
    private readonly EnvironmentRecord _record = EnvironmentRecord.Take(CPU);

    public EnvironmentLogTests()
    {
        _folder = new RunFolder(_scratch["run"]);
        Directory.CreateDirectory(_folder.Path);
    }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_part_in_the_same_environment_adds_nothing()
    {
        Add(_record, resumed: false);
        var begun = File.ReadAllBytes(_folder.Environment);
        Add(_record with { Gemm1024Gflops = _record.Gemm1024Gflops / 100 }, resumed: true);

        Assert.Equal(begun, File.ReadAllBytes(_folder.Environment));
        Assert.Single(EnvironmentLog.Read(_folder));
        Assert.Empty(_observer.Notes);
    }

    [Fact]
    public void A_part_on_another_device_is_recorded_and_said()
    {
        Add(_record, resumed: false);
        Add(_record with { Device = "cuda:0 Some Model", Blas = "another" }, resumed: true);
        Add(_record with { Device = "cuda:0 Some Model", Blas = "another" }, resumed: true);
        Add(_record, resumed: true);

        Assert.Equal(["cpu", "cuda:0 Some Model", "cpu"], EnvironmentLog.Read(_folder).Select(record => (string)record["device"]!));
        Assert.Equal(4, _observer.Notes.Count);
        Assert.Contains($"blas was \"{_record.Blas}\" and is \"another\"; device was \"cpu\" and is \"cuda:0 Some Model\"", _observer.Notes[0], StringComparison.Ordinal);
        Assert.StartsWith("The part before ran on cpu, this one runs on cuda:", _observer.Notes[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_without_a_checkpoint_begins_its_records_anew()
    {
        Add(_record, resumed: false);
        Add(_record with { Threads = 77 }, resumed: true);
        Add(_record with { Threads = 78 }, resumed: false);
        Assert.Equal([78], EnvironmentLog.Read(_folder).Select(record => (int)record["threads"]!));
    }

    private void Add(EnvironmentRecord record, bool resumed) => EnvironmentLog.Add(_folder, record, resumed, _observer);
}
