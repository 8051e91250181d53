using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Sequence.Framework.Configuration;

/// <summary>Checks of <see cref="System.ComponentModel.DataAnnotations"/>, in the words of someone who reads JSON rather than C#.</summary>
internal static class Annotations
{
    /// <summary>Checks one value.</summary>
    public static bool TryCheck(ValidationAttribute annotation, string key, object? value, ConfigNode node, Binding binding)
    {
        if (value is null && annotation is not RequiredAttribute)
            return true;

        ValidationResult? result;
        try
        {
            result = annotation.GetValidationResult(value, new ValidationContext(node) { MemberName = key, DisplayName = key });
        }
        catch (OverflowException)
        {
            // RangeAttribute narrows a long to its own int without asking
            result = new ValidationResult(null);
        }

        return result == ValidationResult.Success || binding.Fail(node.Problem(Say(annotation, value, node, result)));
    }

    /// <summary>Checks a record that has something to say about its values together.</summary>
    public static bool TryCheck(object record, ConfigNode section, Binding binding)
    {
        if (record is not IValidatableObject validatable)
            return true;

        var sound = true;
        foreach (var result in validatable.Validate(new ValidationContext(record)))
        {
            var key = result.MemberNames.Select(ConfigKeys.Camel).FirstOrDefault(name => section[name] is not null);
            sound = binding.Fail((key is null ? section : section[key]!).Problem($"{result.ErrorMessage}"));
        }

        return sound;
    }

    private static string Say(ValidationAttribute annotation, object? value, ConfigNode node, ValidationResult? result) => annotation switch
    {
        { ErrorMessage: not null } => $"{result?.ErrorMessage}",
        RangeAttribute range => string.Create(CultureInfo.InvariantCulture,
            $"{node.Text} is out of range: {(range.MinimumIsExclusive ? "more than " : "")}{range.Minimum} to {(range.MaximumIsExclusive ? "less than " : "")}{range.Maximum}."),
        MinLengthAttribute least when value is ICollection items => $"{items.Count} items are too few: at least {least.Length}.",
        MaxLengthAttribute most when value is ICollection items => $"{items.Count} items are too many: at most {most.Length}.",
        _ => $"{result?.ErrorMessage}",
    };
}
