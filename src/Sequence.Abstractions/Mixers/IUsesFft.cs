namespace Sequence.Mixers;

/// <summary>
/// A mixer that may compute along time by a fast Fourier transform (long convolutions). A transform mixes all tokens before it takes them apart
/// again, so that later tokens reach earlier outputs by rounding: where no other mixer lets a bit through, this one is allowed that much.
/// </summary>
public interface IUsesFft
{
    /// <summary>Whether <see cref="SequenceMixer.Forward"/> takes an FFT, with the options of this one.</summary>
    bool UsesFft { get; }
}
