using Sequence.Kernels.Registry;
using static TorchSharp.torch;

namespace Sequence.Framework.Conformance;

/// <summary>
/// Tries components against the laws of their kind, one after the other and on one thread: tensors are small, living ones are counted over the whole process, and so
/// is what is drawn at random.
/// </summary>
public static class Verification
{
    /// <summary>The seed that is used where none is asked for.</summary>
    public const long DefaultSeed = 1;

    private static readonly FormUsed NoKernel = new(null, "operations of its own", "no kernel ran");

    /// <summary>What a law finds of a component. Whatever that throws is a finding.</summary>
    public static Findings Judge(ILaw law, Entrant entrant, Device device, long seed = DefaultSeed, ScalarType elementType = ScalarType.Float32)
    {
        var findings = new Findings();
        using var scope = NewDisposeScope();
        using var gradients = enable_grad();
        using var record = FormRecord.Begin();
        try
        {
            entrant.Try(law, device, seed, elementType, findings);
        }
        catch (Exception problem)
        {
            findings.Threw(problem);
        }

        findings.Forms = record.Forms.Count == 0 ? [NoKernel] : record.Forms;
        return findings;
    }

    /// <summary>Every component with every law of its kind, one grade over all its variants, as they come.</summary>
    /// <param name="entrants">The components.</param>
    /// <param name="laws">The laws.</param>
    /// <param name="device">Where they are tried.</param>
    /// <param name="seed">What weights and inputs are drawn from.</param>
    /// <param name="kernels">Which forms of kernels they are tried in.</param>
    /// <param name="elementType">In which element type: float32 (and float64, where a law says more in it), or bfloat16.</param>
    public static IEnumerable<Grade> Run(
        IEnumerable<Entrant> entrants, IReadOnlyList<ILaw> laws, Device device, long seed = DefaultSeed, KernelPreference kernels = KernelPreference.Auto,
        ScalarType elementType = ScalarType.Float32)
    {
        foreach (var variants in entrants.GroupBy(entrant => (entrant.Kind, entrant.Name, entrant.Plugin)))
        {
            foreach (var law in laws)
            {
                if (Grade([.. variants], law, device, seed, kernels, elementType) is { } grade)
                    yield return grade;
            }
        }
    }

    /// <summary>A law over all variants of one component: the worst of them; null where it says nothing about any.</summary>
    private static Grade? Grade(IReadOnlyList<Entrant> variants, ILaw law, Device device, long seed, KernelPreference kernels, ScalarType elementType)
    {
        using var preferred = KernelScope.Prefer(kernels);
        var threads = get_num_threads();
        set_num_threads(1);
        try
        {
            var tried = variants.Select(entrant => (Entrant: entrant, Findings: Judge(law, entrant, device, seed, elementType))).Where(each => each.Findings.Ratio >= 0).ToList();
            if (tried.Count == 0)
                return null;
            var (entrant, findings) = tried.MaxBy(each => (each.Findings.Passed ? 0 : 1, each.Findings.Ratio));
            var failed = tried.Count(each => !each.Findings.Passed);
            var message = failed > 0 && variants.Count > 1 ? $"{findings.Message}; {failed} of {variants.Count} variants fail" : findings.Message;
            return new Grade(
                entrant.Kind, entrant.Name, entrant.Plugin, law.Name, entrant.Variant, failed == 0, findings.Worst, findings.Tolerance, seed, message,
                [.. tried.SelectMany(each => each.Findings.Forms).Distinct()], findings.Remark, tried.All(each => each.Findings.Skipped));
        }
        finally
        {
            set_num_threads(threads);
        }
    }
}
