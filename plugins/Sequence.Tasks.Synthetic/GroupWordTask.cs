using System.ComponentModel.DataAnnotations;
using Sequence.Components;
using Sequence.Tasks.Synthetic.Groups;
using Sequence.Tasks.Synthetic.Words;

namespace Sequence.Tasks.Synthetic;

/// <summary>Options of the task <c>group-word</c>.</summary>
public sealed record GroupWordOptions : IValidatableObject
{
    /// <summary>The group: s5, a5, z60, a4xz5 and so on.</summary>
    public string Group { get; init; } = "s5";

    /// <summary>Lengths T to train on, after <see cref="Curriculum"/>, each as likely.</summary>
    public LengthRange Lengths { get; init; } = new() { Max = 18 };

    /// <summary>What training begins with; none for words of <see cref="Lengths"/> over all elements throughout.</summary>
    public IReadOnlyList<CurriculumStage> Curriculum { get; init; } = [];

    /// <summary>Training examples of a pass. All of every pass are new, so this says only how long a pass is.</summary>
    [Range(1, 1 << 24)]
    public int ExamplesPerPass { get; init; } = 25_600;

    /// <summary>Validation examples of each of <see cref="Lengths"/>.</summary>
    [Range(1, 1 << 20)]
    public int ValidationExamples { get; init; } = 32;

    /// <summary>Lengths to test.</summary>
    public LengthSteps TestLengths { get; init; } = new() { From = 18, To = 162, Step = 8 };

    /// <summary>Test examples of each length.</summary>
    [Range(1, 1 << 20)]
    public int TestExamples { get; init; } = 128;

    /// <summary>Seed of the validation and test examples. Training examples are of the run's seed.</summary>
    public long Seed { get; init; } = 1;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (GroupName.Find(Group) is null)
            yield return new($"there is no group '{Group}': use {GroupName.Forms}.", [nameof(Group)]);
    }
}

/// <summary>
/// State tracking: the running product of a word over a finite group, at every position. Over a group that is not solvable, such as S5 or A5,
/// it is complete for NC1 (Barrington 1989; posed to sequence models in arXiv 2404.08819). Test words are longer than any trained on, so none
/// of them can have been met; validation words are of the lengths trained on and drawn from another stream.
/// </summary>
internal sealed class GroupWordTask : ITask
{
    // Streams apart from each other and from training, whose seeds are small numbers that people choose.
    private const long ValidationStream = 0x76616C6964617465;
    private const long TestStream = 0x7465737400000000;

    private readonly FiniteGroup _group;
    private readonly int _longestTrained;

    public GroupWordTask(GroupWordOptions options)
    {
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        _group = GroupName.Find(options.Group)!;
        var curriculum = new Curriculum(_group, options.Curriculum, options.Lengths);
        _longestTrained = curriculum.Longest;
        Training = new EndlessWords(curriculum, options.ExamplesPerPass);
        Validation = new FixedWords(_group, options.Lengths.All, options.ValidationExamples, options.Seed ^ ValidationStream);
        Test = new FixedWords(_group, options.TestLengths.All, options.TestExamples, options.Seed ^ TestStream);
    }

    public int Vocabulary => _group.Order;

    public int Classes => _group.Order;

    public TargetKind Targets => TargetKind.Token;

    public ITokenizer? Tokenizer => null;

    public IDataset Training { get; }

    public IDataset Validation { get; }

    public IDataset Test { get; }

    public IReadOnlyList<IMetric> CreateMetrics() => [WordMetric.Error(), WordMetric.ErrorBeyond(_longestTrained), WordMetric.SequenceAccuracy()];
}

/// <summary>Makes <see cref="GroupWordTask"/>.</summary>
public sealed class GroupWordFactory : IComponentFactory<ITask, GroupWordOptions>
{
    /// <inheritdoc/>
    public string Name => "group-word";

    /// <inheritdoc/>
    public string Description => "State tracking: the running product of a word over a finite group such as S5, tested on longer words.";

    /// <inheritdoc/>
    public ITask Create(GroupWordOptions options, ComponentContext context) => new GroupWordTask(options);
}
