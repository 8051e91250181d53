namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class utils
        {
            public static partial class rnn
            {
                /// <summary>Stacks sequences [T_i, *], padded at their ends to the longest: [T, B, *], or [B, T, *] batch first.</summary>
                public static Tensor pad_sequence(IEnumerable<Tensor> sequences, bool batch_first = false, double padding_value = 0)
                {
                    var rows = sequences.ToArray();
                    if (rows.Length == 0)
                        throw new ArgumentException("pad_sequence needs at least one sequence.", nameof(sequences));

                    using var scope = NewDisposeScope();
                    var longest = rows.Max(row => row.shape[0]);
                    var padded = rows.Select(row => PadEnd(row, longest, padding_value)).ToArray();
                    return stack(padded, batch_first ? 0 : 1).MoveToOuterDisposeScope();
                }

                private static Tensor PadEnd(Tensor row, long length, double value)
                {
                    var missing = length - row.shape[0];
                    if (missing == 0)
                        return row;
                    long[] shape = [missing, .. row.shape.AsSpan(1)];
                    return cat(new[] { row, full(shape, value, dtype: row.dtype, device: row.device) });
                }
            }
        }
    }
}
