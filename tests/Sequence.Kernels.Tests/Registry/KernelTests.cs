using Sequence.Kernels.Lanes;
using Sequence.Kernels.Registry;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Sequence.Kernels.Tests.Registry;

public sealed class KernelTests
{
    private static readonly Kernel Both = new("both", "tensor operations", new KernelForm("fused form", DeviceType.CPU, ScalarType.Float32));
    private static readonly Kernel Plain = new("plain", "tensor operations");

    [Theory]
    [InlineData(KernelPreference.Auto, true)]
    [InlineData(KernelPreference.Fused, true)]
    [InlineData(KernelPreference.Reference, false)]
    public void The_preference_decides_where_both_forms_take_the_inputs(KernelPreference preference, bool fused)
    {
        using var x = zeros(1);
        using var scope = KernelScope.Prefer(preference);

        Assert.Equal(fused, Both.Fuses(x));
    }

    [Fact]
    public void Auto_takes_the_reference_where_the_fused_form_refuses()
    {
        using var wide = zeros(1, float64);
        using var x = zeros(1);

        Assert.False(Both.Fuses(wide));
        Assert.False(Both.Fuses(x, "the heads are 3 wide"));
        Assert.False(Plain.Fuses(x));
    }

    [Fact]
    public void Demanding_the_fused_form_where_it_refuses_says_which_why_and_what_to_do()
    {
        using var x = zeros(1);
        using var wide = zeros(1, float64);
        using var scope = KernelScope.Prefer(KernelPreference.Fused);

        var odd = Assert.Throws<KernelException>(() => Both.Fuses(x, "the heads are 3 wide")).Message;
        Assert.Equal("both has no fused form for these inputs (float32 on the CPU): the heads are 3 wide. Choose kernels: auto, which takes the tensor operations there.", odd);
        Assert.Contains("no fused form for float64", Assert.Throws<KernelException>(() => Both.Fuses(wide)).Message, StringComparison.Ordinal);
        Assert.Contains("no fused form on the CPU", Assert.Throws<KernelException>(() => Plain.Fuses(x)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_preference_ends_with_its_scope_and_stays_on_its_thread()
    {
        using (KernelScope.Prefer(KernelPreference.Reference))
        {
            using (KernelScope.Prefer(KernelPreference.Fused))
                Assert.Equal(KernelPreference.Fused, KernelScope.Preference);
            Assert.Equal(KernelPreference.Reference, KernelScope.Preference);
            var elsewhere = KernelPreference.Fused;
            var thread = new Thread(() => elsewhere = KernelScope.Preference);
            thread.Start();
            thread.Join();
            Assert.Equal(KernelPreference.Auto, elsewhere);
        }

        Assert.Equal(KernelPreference.Auto, KernelScope.Preference);
    }

    [Fact]
    public void A_record_holds_each_form_once_with_the_reason()
    {
        using var x = zeros(1);
        using var record = FormRecord.Begin();
        for (var call = 0; call < 3; call++)
        {
            Both.Fuses(x);
            Both.Fuses(x, "the heads are 3 wide");
            FormRecord.Note("a schedule of its own");
        }

        Assert.Equal(
            [new("both", $"fused form on the CPU, {LaneWidth.Text}"), new("both", "tensor operations", "the heads are 3 wide"), new(null, "a schedule of its own")],
            record.Forms);
    }

    [Fact]
    public void An_inner_record_keeps_its_forms_to_itself()
    {
        using var x = zeros(1);
        using var outer = FormRecord.Begin();
        using (FormRecord.Begin())
            Both.Fuses(x);
        Plain.Fuses(x);

        Assert.Equal(["plain"], outer.Forms.Select(form => form.Kernel));
    }

#if TORCH_SYSTEM
    [Fact]
    public void Choosing_allocates_nothing_where_no_record_is_open()
    {
        using var x = zeros(1);
        Both.Fuses(x);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var call = 0; call < 100; call++)
            Both.Fuses(x);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
#endif

    [Fact]
    public void Kernels_of_the_registry_have_names_of_their_own()
    {
        var names = KernelRegistry.All.Select(kernel => kernel.Name).ToList();
        Assert.Equal(names.Distinct(), names);
        Assert.All(names, name => Assert.Matches("^[a-z0-9]+(-[a-z0-9]+)*$", name));
    }

    [Fact]
    public void Operations_obey_the_preference()
    {
        using var disposal = NewDisposeScope();
        var (log, input) = (-ones(1, 65, 8), ones(1, 65, 8));
        using var record = FormRecord.Begin();
        using (KernelScope.Prefer(KernelPreference.Reference))
            DiagonalScan.Run(log, input);
        using (KernelScope.Prefer(KernelPreference.Fused))
            DiagonalScan.Run(log, input);

        Assert.Equal(["kernels: reference", null], record.Forms.Select(form => form.WhyNotFused));
        Assert.All(record.Forms, form => Assert.Equal(DiagonalScan.Kernel.Name, form.Kernel));
    }
}
