using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Tests.Operators;

/// <summary>No operator without a check: a public method that no case and no test named here covers is an error.</summary>
public sealed class CoverageTests
{
    /// <summary>Members whose own tests check them, by what they are about.</summary>
    private static readonly Dictionary<string, string[]> CheckedElsewhere = new()
    {
        ["identity, lifetime, memory, autograd, devices and threads (Core, Interop and Autograd tests)"] =
        [
            "Tensor.DecoupleFromNativeHandle", "Tensor.DetachFromDisposeScope", "Tensor.MoveToOtherDisposeScope", "Tensor.MoveToOuterDisposeScope", "Tensor.Dispose",
            "Tensor.UnsafeCreateTensor", "Tensor.ToScalar", "Tensor.alias", "Tensor.detach", "Tensor.detach_", "Tensor.requires_grad_", "Tensor.with_requires_grad", "Tensor.retain_grad", "Tensor.backward",
            "Tensor.WriteBytesToStream", "Tensor.ReadBytesFromStream", "Tensor.Equals", "Tensor.GetHashCode", "Tensor.ToString", "Tensor.size", "Tensor.stride", "Tensor.dim", "Tensor.numel",
            "Tensor.element_size", "Tensor.storage_offset", "Tensor.is_cpu", "Tensor.is_floating_point", "Tensor.is_integral", "Tensor.is_complex", "Tensor.is_conj", "Tensor.is_contiguous", "Tensor.is_pinned", "Tensor.is_nonzero",
            "torch.numel", "torch.device", "torch.get_default_device", "torch.set_default_device", "torch.get_default_dtype", "torch.set_default_dtype", "torch.InitializeDevice", "torch.InitializeDeviceType", "torch.TryInitializeDeviceType",
            "torch.NewDisposeScope", "torch.WrappedTensorDisposeScope", "torch.no_grad", "torch.enable_grad", "torch.set_grad_enabled", "torch.inference_mode", "torch.is_grad_enabled", "torch.is_inference_mode_enabled",
            "torch.get_num_threads", "torch.set_num_threads", "torch.get_num_interop_threads", "torch.set_num_interop_threads", "torch.manual_seed", "torch.seed", "torch.initial_seed", "torch.get_rng_state", "torch.set_rng_state",
            "torch.is_floating_point", "torch.is_integral", "torch.is_complex", "torch.cuda_is_available", "torch.CheckForErrors", "torch.mps_is_available",
        ],
        ["factorisations (FactorisationTests)"] = ["linalg.svd", "Tensor.transpose_"],
        ["brackets (IndexingTests)"] = ["Tensor.index", "Tensor.index_put_"],
        ["contents, conversions and factories (FactoryTests)"] =
        [
            "Tensor.copy_", "Tensor.set_", "Tensor.fill_", "Tensor.zero_", "Tensor.empty_like", "Tensor.zeros_like", "Tensor.ones_like", "Tensor.full_like", "Tensor.new_empty", "Tensor.new_zeros", "Tensor.new_ones", "Tensor.new_full",
            "Tensor.to", "Tensor.to_type", "Tensor.type", "Tensor.type_as", "Tensor.cpu", "Tensor.cuda", "Tensor.pin_memory", "Tensor.bool", "Tensor.byte", "Tensor.char", "Tensor.short", "Tensor.int", "Tensor.long", "Tensor.half", "Tensor.bfloat16",
            "Tensor.float", "Tensor.double", "Tensor.cfloat", "Tensor.cdouble", "torch.tensor", "torch.as_tensor", "torch.from_array", "torch.frombuffer", "torch.empty", "torch.zeros", "torch.ones", "torch.full", "torch.arange", "torch.linspace",
            "torch.logspace", "torch.eye", "torch.hann_window", "torch.tril_indices", "torch.triu_indices", "torch.empty_strided", "torch.empty_like", "torch.zeros_like", "torch.ones_like", "torch.full_like", "torch.broadcast_shapes",
            "torch.result_type", "torch.promote_types", "torch.can_cast",
        ],
        ["random numbers (RandomTests)"] =
        [
            "Tensor.bernoulli", "Tensor.bernoulli_", "Tensor.uniform_", "Tensor.normal_", "Tensor.exponential_", "Tensor.log_normal_", "Tensor.geometric_", "Tensor.cauchy_", "Tensor.random_", "Tensor.multinomial", "Tensor.poisson", "Tensor.binomial",
            "Tensor.rand_like", "Tensor.randn_like", "Tensor.randint_like", "torch.rand_like", "torch.randn_like", "torch.randint_like", "torch.bernoulli", "torch.multinomial", "torch.poisson", "torch.binomial", "torch.rand", "torch.randn", "torch.randint",
            "torch.randperm", "torch.normal", "torch.rand_float", "torch.randn_float", "torch.randint_bool", "torch.randint_int", "torch.randint_long",
        ],
    };

    private static IEnumerable<string> Members => new[] { typeof(Tensor), typeof(torch), typeof(functional), typeof(fft), typeof(linalg) }
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(m => !m.IsSpecialName && !m.IsGenericMethod).Select(m => $"{type.Name}.{m.Name}"))
        .Distinct();

    [Fact]
    public void Every_operator_is_in_the_table()
    {
        HashSet<string> covered = [.. CheckedElsewhere.Values.SelectMany(names => names)];
        foreach (OperatorCase operatorCase in OperatorTable.All.SelectMany(group => group))
        {
            covered.UnionWith(OperatorCall.Forms(operatorCase).Select(form => form.Name));
        }

        string[] missing = [.. Members.Where(name => !covered.Contains(name)).Order()];
        Assert.True(missing.Length == 0, $"{missing.Length} without a case: {string.Join(", ", missing)}");
    }

    [Fact]
    [Trait("Needs", "checkout")]
    public void What_is_checked_elsewhere_exists_and_is_called_there()
    {
        HashSet<string> members = [.. Members];
        string source = string.Join('\n', Sources().Select(File.ReadAllText));
        string[] wrong = [.. CheckedElsewhere.Values.SelectMany(names => names).Where(name => !members.Contains(name) || !Called(name, source)).Order()];
        Assert.True(wrong.Length == 0, $"{wrong.Length} not there, or in no test: {string.Join(", ", wrong)}");
    }

    // a method of a tensor stands behind a dot; a function may come from a "using static"
    private static bool Called(string member, string source)
    {
        string[] parts = member.Split('.');
        return Regex.IsMatch(source, parts[0] == nameof(Tensor) ? $@"\.@?{parts[1]}\(" : $@"\b{parts[1]}\(");
    }

    private static IEnumerable<string> Sources([CallerFilePath] string here = "") => Directory
        .EnumerateFiles(Path.GetDirectoryName(Path.GetDirectoryName(here))!, "*.cs", SearchOption.AllDirectories)
        .Where(file => file != here);
}
