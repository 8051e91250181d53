using TorchSharp.Tests.Malformed;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Tests.Operators;

/// <summary>Calls of the public surface that must be refused: shapes, dtypes, dimensions, equations, indices, disposed tensors.</summary>
internal static class MalformedOperatorCalls
{
    private static Tensor F(params long[] shape) => torch.zeros(shape);

    private static Tensor I(params long[] shape) => torch.zeros(shape, dtype: ScalarType.Int64);

    private static Tensor Gone()
    {
        Tensor gone = F(2);
        gone.Dispose();
        return gone;
    }

    private static readonly Dictionary<string, Action> Named = new()
    {
        ["matmul of unfit matrices"] = () => F(2, 3).matmul(F(4, 5)), ["matmul of a number"] = () => F().matmul(F(3)), ["torch.matmul of unfit vectors"] = () => torch.matmul(F(3), F(4)),
        ["mm of vectors"] = () => F(3).mm(F(3)), ["mm of dtypes"] = () => F(2, 2).mm(I(2, 2)), ["bmm of matrices"] = () => F(2, 2).bmm(F(2, 2)), ["bmm of unlike batches"] = () => F(2, 3, 4).bmm(F(3, 4, 5)),
        ["mv of unfit"] = () => F(2, 3).mv(F(2)), ["dot of lengths"] = () => F(2).dot(F(3)), ["outer of matrices"] = () => F(2, 2).outer(F(2)), ["addmm of unfit"] = () => F(2, 2).addmm(F(2, 3), F(4, 2)),
        ["baddbmm of unfit"] = () => F(1, 2, 2).baddbmm(F(1, 2, 3), F(1, 2, 2)), ["inverse of a rectangle"] = () => F(2, 3).inverse(), ["inverse of zeros"] = () => F(2, 2).inverse(), ["cholesky of zeros"] = () => torch.linalg.cholesky(F(2, 2)),
        ["solve of unfit"] = () => torch.linalg.solve(F(2, 3), F(2)), ["det of a vector"] = () => F(3).det(), ["trace of a vector"] = () => F(3).trace(), ["matrix_power of a vector"] = () => F(3).matrix_power(2),
        ["einsum without an operand"] = () => torch.einsum("ij,jk->ik", F(2, 2)), ["einsum of a bad letter"] = () => torch.einsum("i1->i", F(2, 2)), ["einsum of unlike lengths"] = () => torch.einsum("ij,jk->ik", F(2, 3), F(2, 2)),
        ["einsum of an unknown output"] = () => torch.einsum("ij->k", F(2, 2)), ["einsum of too many letters"] = () => torch.einsum("ijk->i", F(2, 2)), ["tensordot of unfit"] = () => F(2, 3).tensordot(F(2, 3), 1),
        ["add of unfit"] = () => F(2).add(F(3)), ["mul of unfit"] = () => F(2, 3).mul(F(2)), ["operator + of unfit"] = () => _ = F(2) + F(3), ["add_ that would grow"] = () => F(1).add_(F(3)), ["div_ into integers"] = () => I(2).div_(F(2)),
        ["pow of integers to a negative"] = () => I(2).pow(-1), ["bitwise_and of floats"] = () => F(2).bitwise_and(F(2)), ["bitwise_not of floats"] = () => F(2).bitwise_not(), ["lerp of dtypes"] = () => F(2).lerp(I(2), F(2)),
        ["addcdiv of integers"] = () => I(2).addcdiv(I(2), I(2), 1), ["neg of Bool"] = () => F(2).@bool().neg(), ["sub of Bools"] = () => F(2).@bool().sub(F(2).@bool()), ["exp_ of integers"] = () => I(2).exp_(),
        ["view of the wrong count"] = () => F(6).view(4), ["view of a transpose"] = () => F(2, 3).t().view(6), ["reshape with two -1"] = () => F(6).reshape(-1, -1), ["reshape to a negative"] = () => F(6).reshape(-2, 3),
        ["transpose out of range"] = () => F(2, 3).transpose(0, 2), ["permute twice the same"] = () => F(2, 3).permute(0, 0), ["permute of too few"] = () => F(2, 3).permute(0), ["t of three dimensions"] = () => F(2, 3, 4).t(),
        ["expand of a length"] = () => F(2).expand(3), ["expand to fewer dimensions"] = () => F(2, 3).expand(3), ["repeat with too few"] = () => F(2, 3).repeat(2), ["unsqueeze out of range"] = () => F(2).unsqueeze(3),
        ["squeeze out of range"] = () => F(2).squeeze(2), ["narrow past the end"] = () => F(5).narrow(0, 3, 3), ["select past the end"] = () => F(5).select(0, 5), ["slice of a bad dimension"] = () => F(5).slice(1, 0, 1, 1),
        ["unfold larger than the line"] = () => F(5).unfold(0, 6, 1), ["unflatten of the wrong count"] = () => F(6).unflatten(0, 4, 2), ["flip twice"] = () => F(2, 3).flip(0, 0), ["roll without dims"] = () => F(2, 3).roll([1, 2, 3], [0]),
        ["diagonal of one dimension"] = () => F(3).diagonal(), ["tril of a vector"] = () => F(3).tril(), ["as_strided outside"] = () => F(2).as_strided([4], [4]), ["split of wrong sizes"] = () => F(5).split([2L, 2L], 0),
        ["split by zero"] = () => F(5).split(0L), ["chunk by zero"] = () => F(5).chunk(0), ["unbind of a number"] = () => F().unbind(), ["cat of nothing"] = () => torch.cat(Array.Empty<Tensor>()), ["cat of unfit"] = () => torch.cat([F(2, 3), F(2, 4)], 0),
        ["cat out of range"] = () => torch.cat([F(2)], 1), ["cat with null"] = () => torch.cat([F(2), null!], 0), ["stack of unlike"] = () => torch.stack([F(2), F(3)]), ["stack of nothing"] = () => torch.stack([]),
        ["meshgrid of an unknown order"] = () => torch.meshgrid([F(2), F(3)], "ab"), ["broadcast_tensors of unfit"] = () => torch.broadcast_tensors(F(2), F(3)), ["broadcast_shapes of unfit"] = () => torch.broadcast_shapes([2], [3]),
        ["sum out of range"] = () => F(2).sum(1), ["sum twice the same"] = () => F(2, 2).sum([0L, 0L]), ["mean of integers"] = () => I(2).mean(), ["max of nothing"] = () => F(0).max(), ["argmax of nothing"] = () => F(0).argmax(),
        ["amax of nothing"] = () => F(0).amax(0), ["median out of range"] = () => F(3).kthvalue(4, 0), ["quantile beyond 1"] = () => F(3).quantile(torch.tensor(1.5f)), ["logsumexp out of range"] = () => F(3).logsumexp(1), ["cumsum out of range"] = () => F(3).cumsum(1),
        ["softmax out of range"] = () => F(3).softmax(1), ["softmax of integers"] = () => I(3).softmax(0), ["glu of an odd length"] = () => F(3).glu(), ["std of integers"] = () => I(3).std(), ["diff of a number"] = () => F().diff(),
        ["topk of too many"] = () => F(3).topk(4), ["sort out of range"] = () => F(3).sort(1), ["searchsorted of another sorter"] = () => torch.searchsorted(F(3), F(2), sorter: I(4)), ["bincount of floats"] = () => F(3).bincount(null), ["bincount of negatives"] = () => I(3).sub(1).bincount(null),
        ["gather with floats"] = () => F(3).gather(0, F(1)), ["gather out of bounds"] = () => F(3).gather(0, I(1) + 3), ["gather of dimensions"] = () => F(3).gather(0, I(1, 1)), ["index_select out of bounds"] = () => F(3).index_select(0, I(1) + 3),
        ["index_select with floats"] = () => F(3).index_select(0, F(1)), ["scatter_ out of bounds"] = () => F(3).scatter_(0, I(1) - 1, F(1)), ["scatter_add of dtypes"] = () => F(3).scatter_add(0, I(1), I(1)), ["index_add of lengths"] = () => F(3).index_add(0, I(2), F(1), 1),
        ["index_copy out of bounds"] = () => F(3).index_copy(0, I(1) + 9, F(1)), ["masked_fill with numbers"] = () => F(3).masked_fill(F(3), 1), ["masked_fill of unfit"] = () => F(3).masked_fill(F(2).@bool(), 1), ["masked_select with numbers"] = () => F(3).masked_select(F(3)),
        ["masked_scatter of too few"] = () => F(3).masked_scatter(torch.ones(3).@bool(), F(1)), ["take out of bounds"] = () => F(3).take(I(1) + 3), ["where with numbers"] = () => torch.where(F(3), F(3), F(3)), ["where of unfit"] = () => torch.where(F(2).@bool(), F(3), F(3)),
        ["brackets past the end"] = () => _ = F(3)[3], ["brackets of too many"] = () => _ = F(3)[0, 0], ["a mask of another length"] = () => _ = F(3)[F(2).@bool()], ["a backward slice"] = () => _ = F(3)[TensorIndex.Slice(step: -1)],
        ["a slice that stands still"] = () => _ = F(3)[TensorIndex.Slice(step: 0)], ["two ellipses"] = () => _ = F(3)[TensorIndex.Ellipsis, TensorIndex.Ellipsis], ["a float index"] = () => _ = F(3)[F(1)], ["writing what does not fit"] = () => F(3)[..2] = F(3),
        ["layer_norm of another length"] = () => functional.layer_norm(F(2, 3), [4]), ["group_norm of uneven groups"] = () => functional.group_norm(F(2, 3, 4), 2), ["linear of unfit"] = () => functional.linear(F(2, 3), F(4, 5)), ["linear of a bad bias"] = () => functional.linear(F(2, 3), F(4, 3), F(5)),
        ["cross_entropy of lengths"] = () => functional.cross_entropy(F(3, 4), I(2)), ["cross_entropy beyond the classes"] = () => functional.cross_entropy(F(3, 4), I(3) + 4), ["nll_loss of floats"] = () => functional.nll_loss(F(3, 4), F(3)), ["mse_loss of unfit"] = () => functional.mse_loss(F(2), F(3)),
        ["dropout with p of 2"] = () => functional.dropout(F(2), 2), ["conv1d of channels"] = () => functional.conv1d(F(1, 2, 5), F(1, 3, 2)), ["conv1d of a long window"] = () => functional.conv1d(F(1, 1, 2), F(1, 1, 5)), ["conv1d of a still stride"] = () => functional.conv1d(F(1, 1, 5), F(1, 1, 2), stride: 0),
        ["pad of odd numbers"] = () => functional.pad(F(2, 3), [1L]), ["pad by reflection beyond"] = () => functional.pad(F(1, 2, 3), [4L, 0L], PaddingModes.Reflect), ["one_hot of floats"] = () => functional.one_hot(F(3)), ["one_hot beyond the classes"] = () => functional.one_hot(I(3) + 5, 4),
        ["attention of unlike widths"] = () => functional.scaled_dot_product_attention(F(1, 1, 2, 3), F(1, 1, 2, 4), F(1, 1, 2, 4)), ["attention with a mask and causality"] = () => functional.scaled_dot_product_attention(F(1, 1, 2, 3), F(1, 1, 2, 3), F(1, 1, 2, 3), F(2, 2), 0, true),
        ["binary_cross_entropy beyond 1"] = () => functional.binary_cross_entropy(F(2) + 2, F(2)), ["dropout1d of a vector"] = () => functional.dropout1d(F(3)), ["view_as_complex of a wrong pair"] = () => F(2, 3).view_as_complex(), ["complex of integers"] = () => torch.complex(I(2), I(2)),
        ["imag of reals"] = () => _ = F(2).imag, ["rfft of complex"] = () => torch.fft.rfft(torch.complex(F(2), F(2))), ["fft of nothing"] = () => torch.fft.fft_(F(0)), ["irfft to 0"] = () => torch.fft.irfft(torch.complex(F(2), F(2)), 0), ["mT of a vector"] = () => _ = F(2).mT,
        ["arange that walks away"] = () => torch.arange(0, 5, -1), ["arange that stands still"] = () => torch.arange(0, 5, (Scalar)0), ["linspace of -1 steps"] = () => torch.linspace(0, 1, -1), ["zeros of a negative size"] = () => torch.zeros([-1]), ["eye of -2"] = () => torch.eye(-2),
        ["tensor of a wrong shape"] = () => torch.tensor(new[] { 1f, 2 }, [3]), ["tensor with names"] = () => torch.tensor(new[] { 1f }, names: ["n"]), ["zeros with names"] = () => torch.zeros([1], names: ["n"]), ["frombuffer past the end"] = () => torch.frombuffer(new float[2], ScalarType.Float32, 3),
        ["from_array of strings"] = () => torch.from_array(new[] { "a" }), ["from_array of null"] = () => torch.from_array(null!), ["randint of nothing"] = () => torch.randint(0, [2L]), ["randperm of -1"] = () => torch.randperm(-1), ["normal_ of a negative deviation"] = () => F(2).normal_(0, -1),
        ["uniform_ upside down"] = () => F(2).uniform_(1, 0), ["bernoulli_ of 2"] = () => F(2).bernoulli_(2), ["exponential_ of 0"] = () => F(2).exponential_(-1), ["multinomial of zeros"] = () => F(2).multinomial(1), ["multinomial of too many"] = () => torch.ones(2).multinomial(3), ["randn of integers"] = () => torch.randn([2], dtype: ScalarType.Int64),
        ["a disposed tensor"] = () => Gone().exp(), ["a disposed operand"] = () => F(2).add(Gone()), ["a disposed list member"] = () => torch.cat([F(2), Gone()], 0), ["a null operand"] = () => F(2).add((Tensor)null!), ["a null input"] = () => functional.linear(null!, F(2, 2)),
        ["in place on a leaf"] = () => torch.zeros([2], requires_grad: true).add_(1), ["backward of a vector"] = () => (torch.zeros([2], requires_grad: true) * 2).backward(), ["an integer that wants a gradient"] = () => torch.zeros([2], dtype: ScalarType.Int64, requires_grad: true),
        ["item of two"] = () => F(2).ToSingle(), ["to an unknown device"] = () => F(2).to("moon"), ["movedim of lengths"] = () => F(2, 3).movedim([0L], [0L, 1L]), ["rot90 of one dimension"] = () => F(3).rot90(), ["repeat_interleave of negatives"] = () => F(3).repeat_interleave(I(3) - 1),
    };

    public static IEnumerable<MalformedCall> Calls => Named.Select(named => new MalformedCall("surface: " + named.Key, named.Value));
}
