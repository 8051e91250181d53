using System.Runtime.CompilerServices;
using Sequence.Kernels.Lanes;

namespace Sequence.Kernels.Diagonal;

/// <summary>a and b as they are. Where a is the same for all tokens, so is its gradient: their sum, which starts from zero.</summary>
internal unsafe struct ComplexDecays<T, TStored> : IComplexDiagonalInput<T>
    where T : unmanaged
    where TStored : unmanaged, IStored<TStored, T>
{
    /// <summary>a and b, and the gradients to them.</summary>
    public Tokens<TStored> ARe, AIm, BRe, BIm, GARe, GAIm, GBRe, GBIm;

    /// <summary>The gradients to an a that all tokens share.</summary>
    public Tokens<T> GAReOfAll, GAImOfAll;

    private TStored* _aRe, _aIm, _bRe, _bIm, _gaRe, _gaIm, _gbRe, _gbIm;
    private T* _gaReOfAll, _gaImOfAll;

    /// <inheritdoc/>
    public void Enter(int row, long t, int start)
    {
        _aRe = ARe.At(row, t, start);
        _aIm = AIm.At(row, t, start);
        _bRe = BRe.At(row, t, start);
        _bIm = BIm.At(row, t, start);
        _gaRe = GARe.At(row, t, start);
        _gaIm = GAIm.At(row, t, start);
        _gbRe = GBRe.At(row, t, start);
        _gbIm = GBIm.At(row, t, start);
        _gaReOfAll = GAReOfAll.IsNone ? null : GAReOfAll.At(row, 0, start);
        _gaImOfAll = GAImOfAll.IsNone ? null : GAImOfAll.At(row, 0, start);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly (Pair<TLanes, T> A, Pair<TLanes, T> B) Read<TLanes>(int channel)
        where TLanes : struct, ILanes<TLanes, T>
        => (Decay<TLanes>(channel), new(TStored.Load<TLanes>(_bRe + channel), TStored.Load<TLanes>(_bIm + channel)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Pair<TLanes, T> Decay<TLanes>(int channel)
        where TLanes : struct, ILanes<TLanes, T>
        => new(TStored.Load<TLanes>(_aRe + channel), TStored.Load<TLanes>(_aIm + channel));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void WriteGradient<TLanes>(int channel, Pair<TLanes, T> a, Pair<TLanes, T> ga, Pair<TLanes, T> gb)
        where TLanes : struct, ILanes<TLanes, T>
    {
        if (_gaReOfAll is null)
        {
            TStored.Store(ga.Re, _gaRe + channel);
            TStored.Store(ga.Im, _gaIm + channel);
        }
        else
        {
            (ga.Re + TLanes.Load(_gaReOfAll + channel)).Store(_gaReOfAll + channel);
            (ga.Im + TLanes.Load(_gaImOfAll + channel)).Store(_gaImOfAll + channel);
        }

        TStored.Store(gb.Re, _gbRe + channel);
        TStored.Store(gb.Im, _gbIm + channel);
    }
}
