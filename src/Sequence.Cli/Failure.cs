using Sequence.Framework.Configuration;
using Sequence.Framework.Models;
using Sequence.Framework.Training;
using Sequence.Kernels.Registry;
using Sequence.Tasks;

namespace Sequence.Cli;

/// <summary>Errors as people read them, on standard error.</summary>
internal static class Failure
{
    /// <summary>Prints a problem and returns the exit code it stands for.</summary>
    /// <param name="problem">What went wrong.</param>
    /// <param name="verbose">Whether to show where in the code.</param>
    public static int Report(Exception problem, bool verbose)
    {
        var (message, code) = Read(problem);
        Console.Error.WriteLine($"sequence: {message}");
        if (verbose)
            Console.Error.WriteLine(problem);
        return code;
    }

    private static (string Message, int Code) Read(Exception problem) => problem switch
    {
        UsageException or ConfigurationException or ModelException or TaskDataException or InvalidDataException or RunFolderException or KernelException => (problem.Message, ExitCode.BadInput),
        FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException => (problem.Message, ExitCode.BadInput),
        TrainingDivergedException or IOException => (problem.Message, ExitCode.Failure),
        TypeInitializationException { InnerException: { } inner } => Read(inner),
        DllNotFoundException => ($"the tensor library cannot be loaded. {problem.Message}", ExitCode.Failure),
        _ => ($"unexpected {problem.GetType().Name}: {problem.Message} (where: --verbose)", ExitCode.Failure),
    };
}
