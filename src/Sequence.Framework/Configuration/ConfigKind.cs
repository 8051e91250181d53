namespace Sequence.Framework.Configuration;

/// <summary>What stands at a node of a configuration.</summary>
public enum ConfigKind
{
    /// <summary>A JSON object.</summary>
    Object,

    /// <summary>A JSON array; its children's keys are 0, 1, ...</summary>
    List,

    /// <summary>A JSON string.</summary>
    String,

    /// <summary>A JSON number.</summary>
    Number,

    /// <summary>A JSON true or false.</summary>
    Boolean,

    /// <summary>A JSON null.</summary>
    Null,

    /// <summary>Text from an environment variable or a <c>--set</c>: whatever its reader takes it for.</summary>
    Text,

    /// <summary>A step on the way to an override, such as <c>model</c> in <c>--set model.dModel=64</c>: an object or a list.</summary>
    Step,
}
