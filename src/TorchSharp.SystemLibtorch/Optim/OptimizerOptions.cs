namespace TorchSharp.Modules;

/// <summary>The numbers of one parameter group. Null means the optimizer's default.</summary>
public class OptimizerOptions
{
    public double? LearningRate { get; set; }

    public double InitialLearningRate { get; set; }

    /// <summary>Takes over the values of a checkpoint.</summary>
    public virtual void LoadStateDict(OptimizerOptions source)
    {
        LearningRate = source.LearningRate;
        InitialLearningRate = source.InitialLearningRate;
    }

    /// <summary>Fills what is null from the optimizer's defaults.</summary>
    internal virtual void Complete(OptimizerOptions defaults)
    {
        LearningRate ??= defaults.LearningRate;
        if (InitialLearningRate == 0)
            InitialLearningRate = LearningRate ?? 0;
    }

    private protected static TOptions Same<TOptions>(OptimizerOptions source) where TOptions : OptimizerOptions =>
        source as TOptions ?? throw new ArgumentException($"The checkpoint's options are {source.GetType().DeclaringType?.Name}'s, not {typeof(TOptions).DeclaringType?.Name}'s.");
}
