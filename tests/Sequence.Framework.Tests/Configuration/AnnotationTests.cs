using System.ComponentModel.DataAnnotations;
using Sequence.Framework.Plugins;

namespace Sequence.Framework.Configuration;

/// <summary>Checks written as annotations speak of keys, not of properties.</summary>
public sealed class AnnotationTests : IDisposable
{
    private readonly ConfigFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{ "share": 1 }""", "$.share", "1 is out of range: more than 0 to less than 1.")]
    [InlineData("""{ "count": 99999999999 }""", "$.count", "99999999999 is out of range: 1 to 10.")]
    [InlineData("""{ "words": ["a"] }""", "$.words", "1 items are too few: at least 2.")]
    [InlineData("""{ "tag": "A" }""", "$.tag", "a tag is lower case.")]
    [InlineData("""{ "low": 3, "high": 2 }""", "$.high", "high is below low.")]
    public void A_broken_rule_is_a_problem_at_its_key(string json, string path, string message)
    {
        var problem = Assert.Single(Assert.Throws<ConfigurationException>(() => Bind(json)).Problems);
        Assert.Equal((path, message), (problem.Path, problem.Message));
    }

    [Fact]
    public void Rules_that_hold_say_nothing() =>
        Assert.Equal(0.5, Bind("""{ "share": 0.5, "count": 10, "words": ["a", "b"], "tag": "a", "low": 2, "high": 3 }""").Share);

    [Theory]
    [InlineData("""{ "part": { "width": 0 } }""", "width must be positive.")]
    [InlineData("""{ "part": { "width": 1, "depth": 0 } }""", "depth must be positive.")]
    [InlineData("""{ "part": { "width": 7, "depth": 2 } }""", "depth must divide width.")]
    public void A_value_that_a_record_refuses_by_hand_is_a_problem_at_the_record(string json, string message)
    {
        var file = _folder.Write("refusing.json", json);
        var refused = Assert.Throws<ConfigurationException>(() => new StrictBinder(ComponentCatalog.Empty).Bind<Whole>(ConfigNode.Read(file)));
        var problem = Assert.Single(refused.Problems);
        Assert.Equal((file, "$.part", message), (problem.File, problem.Path, problem.Message));
    }

    private Rules Bind(string json) => new StrictBinder(ComponentCatalog.Empty).Bind<Rules>(ConfigNode.Read(_folder.Write("rules.json", json)));

    private sealed record Whole(Refusing Part);

    private sealed record Refusing : IValidatableObject
    {
        public Refusing(int width) => Width = width > 0 ? width : throw new ArgumentException("width must be positive.");

        public int Width { get; }

        public int Depth
        {
            get;
            init => field = value > 0 ? value : throw new ArgumentException("depth must be positive.");
        }
        = 1;

        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
            Width % Depth == 0 ? [] : throw new ArgumentException("depth must divide width.");
    }

    private sealed record Rules([property: Range(1, 10)] long Count = 1) : IValidatableObject
    {
        [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
        public double Share { get; init; } = 0.1;

        [MinLength(2)]
        public IReadOnlyList<string> Words { get; init; } = ["a", "b"];

        [RegularExpression("[a-z]+", ErrorMessage = "a tag is lower case.")]
        public string Tag { get; init; } = "a";

        public int Low { get; init; }

        public int High { get; init; } = 1;

        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            if (High < Low)
                yield return new ValidationResult("high is below low.", [nameof(High)]);
        }
    }
}
