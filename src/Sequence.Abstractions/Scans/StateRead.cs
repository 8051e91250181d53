namespace Sequence.Scans;

/// <summary>Which state the output of token t reads.</summary>
public enum StateRead
{
    /// <summary>s_t, with token t in it: linear attention, GLA, Mamba, MIPT.</summary>
    After,

    /// <summary>s_(t-1), without it: recurrences that treat the current token on its own, such as RWKV-6.</summary>
    Before,
}
