using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;
using Sequence.Benchmarks.Measuring;
using Sequence.Benchmarks.Questions;
using Sequence.Framework.Plugins;
using static TorchSharp.torch;

namespace Sequence.Benchmarks;

/// <summary>Ours alone, with the statistics of BenchmarkDotNet: every question at every size and pass.</summary>
public class Alone
{
    private static readonly SequenceHost Host = SequenceHost.Start(new HostOptions());

    private ICase? _case;

    /// <summary>In this process, where the native library and the plugins are.</summary>
    public static IConfig Config { get; } = DefaultConfig.Instance
        .AddJob(Job.ShortRun.WithToolchain(InProcessNoEmitToolchain.Instance))
        .WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(80))
        .WithArtifactsPath("artifacts/benchmarks");

    /// <summary>What is asked.</summary>
    public static IEnumerable<SizedQuestion> Sized =>
        from question in AllQuestions.Of(Host, Setting.Cpu) from T in question.Lengths from pass in question.Passes select new SizedQuestion(question, T, pass);

    /// <summary>A question at a size, and a pass.</summary>
    [ParamsSource(nameof(Sized))]
    public SizedQuestion Question { get; set; } = null!;

    /// <summary>Makes the tensors.</summary>
    [GlobalSetup]
    public void Create()
    {
        set_num_threads(Environment.ProcessorCount);
        _case = Question.Asked.Create(Question.T);
    }

    /// <summary>Does the work.</summary>
    [Benchmark]
    public void Run() => _case!.Run(Question.Pass);

    /// <summary>Frees the tensors.</summary>
    [GlobalCleanup]
    public void Dispose() => _case?.Dispose();

    /// <summary>A question at a size, and a pass.</summary>
    public sealed record SizedQuestion(Question Asked, long T, Pass Pass)
    {
        /// <inheritdoc/>
        public override string ToString() => $"{Asked.Name} T={T} {Pass.Words()}";
    }
}
