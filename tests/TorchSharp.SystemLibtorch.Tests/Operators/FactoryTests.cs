using System.Numerics;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Operators;

public sealed class FactoryTests
{
    [Fact]
    public void Sized_factories_fill_their_shape()
    {
        using var scope = NewDisposeScope();
        Tensor[] made = [torch.zeros([2, 3]), torch.zeros(2, 3), torch.zeros(2L, 3L), torch.ones([2, 3]) - 1, torch.full([2, 3], 0.0), torch.full(2, 3, 0.0), torch.empty(2, 3).zero_(), torch.zeros(6).reshape(2, 3)];
        Assert.All(made, t => Near.Assert(Grid.Build([2, 3], _ => 0), t, "zeros"));
        Assert.All(made, t => Assert.Equal(ScalarType.Float32, t.dtype));
        Assert.Equal([2L, 3, 4, 5], torch.ones(2, 3, 4, 5).shape);
        Assert.Equal([2L, 3, 4], torch.ones(2, 3, 4).shape);
        Assert.Equal(1, torch.ones(1, dtype: ScalarType.Int64).ToInt64());
        Assert.Equal(ScalarType.Int64, torch.full([2], 3).dtype);
        Assert.Equal(ScalarType.Bool, torch.full([2], true).dtype);
        Assert.True(torch.zeros([2], requires_grad: true).requires_grad);
        Assert.Equal(0, torch.zeros([0, 3]).numel());
        Assert.Empty(torch.zeros([]).shape);
        Assert.Equal([3L, 1], torch.empty_strided([2, 3], [3, 1]).stride());
    }

    [Fact]
    public void Ranges_step_as_loops_do()
    {
        using var scope = NewDisposeScope();
        Near.Assert(Grid.Line(0, 1, 2, 3, 4), torch.arange(5), "arange(5)");
        Assert.Equal(ScalarType.Int64, torch.arange(5).dtype);
        Assert.Equal(ScalarType.Float32, torch.arange(5.0).dtype);
        Near.Assert(Grid.Line(2, 3, 4), torch.arange(2, 5), "arange(2, 5)");
        Near.Assert(Grid.Line(1, 0.5, 0, -0.5), torch.arange(1.0, -1.0, -0.5, dtype: ScalarType.Float64), "arange(1, -1, -0.5)");
        Near.Assert(Grid.Build([65], at => -1 + (at[0] * 2 / 64.0)), torch.linspace(-1, 1, 65, dtype: ScalarType.Float64), "linspace");
        Near.Assert(Grid.Line(1, 10, 100), torch.logspace(0, 2, 3, dtype: ScalarType.Float64), "logspace");
        Near.Assert(Grid.Line(1, 2, 4), torch.logspace(0, 2, 3, 2, dtype: ScalarType.Float64), "logspace base 2");
        Near.Assert(Grid.Build([3, 3], at => at[0] == at[1] ? 1 : 0), torch.eye(3), "eye");
        Near.Assert(Grid.Build([2, 5], at => at[0] == at[1] ? 1 : 0), torch.eye(2, 5), "eye 2, 5");
        Near.Assert(Grid.Build([8], at => 0.5 - (0.5 * Math.Cos(2 * Math.PI * at[0] / 8))), torch.hann_window(8, dtype: ScalarType.Float64), "hann");
        Near.Assert(Grid.Build([9], at => 0.5 - (0.5 * Math.Cos(2 * Math.PI * at[0] / 8))), torch.hann_window(9, false, dtype: ScalarType.Float64), "hann, symmetric");
        Near.Assert(new Grid([2, 3], [0, 1, 1, 0, 0, 1]), torch.tril_indices(2, 3), "tril_indices");
        Near.Assert(new Grid([2, 3], [0, 0, 1, 1, 2, 2]), torch.triu_indices(2, 3, 1), "triu_indices");
    }

    [Fact]
    public void Arrays_become_tensors_of_their_own_dtype()
    {
        using var scope = NewDisposeScope();
        (Tensor Made, ScalarType Dtype)[] line =
        [
            (tensor(new[] { 1f, 2 }), ScalarType.Float32), (tensor(new[] { 1.0, 2 }), ScalarType.Float64), (tensor(new[] { 1, 2 }), ScalarType.Int32), (tensor(new[] { 1L, 2 }), ScalarType.Int64), (tensor(new short[] { 1, 2 }), ScalarType.Int16),
            (tensor(new sbyte[] { 1, 2 }), ScalarType.Int8), (tensor(new byte[] { 1, 2 }), ScalarType.Byte), (tensor(new[] { (Half)1, (Half)2 }), ScalarType.Float16), (tensor(new List<float> { 1, 2 }), ScalarType.Float32),
            (tensor(new[] { 1f, 2 }, dtype: ScalarType.Int64), ScalarType.Int64), (as_tensor(new[] { 1L, 2 }), ScalarType.Int64), (as_tensor(new List<double> { 1, 2 }), ScalarType.Float64), (as_tensor(new[] { 1, 2 }, ScalarType.Float32), ScalarType.Float32),
            (from_array(new[] { 1.0, 2 }), ScalarType.Float64), (frombuffer(new[] { 0f, 1, 2 }, ScalarType.Float32, 2, 1), ScalarType.Float32), (tensor(new Memory<float>([1, 2]), [2]), ScalarType.Float32),
        ];
        Assert.All(line, made => Near.Assert(Grid.Line(1, 2), made.Made, made.Dtype.ToString()));
        Assert.All(line, made => Assert.Equal(made.Dtype, made.Made.dtype));
        Assert.Equal([ScalarType.Float32, ScalarType.Float64, ScalarType.Int32, ScalarType.Int64, ScalarType.Bool], new[] { tensor(1f), tensor(1.0), tensor(1), tensor(1L), tensor(true) }.Select(t => t.dtype));
        Near.Assert(Grid.Build([2, 3], at => (3 * at[0]) + at[1]), tensor(new[,] { { 0f, 1, 2 }, { 3, 4, 5 } }), "two dimensions");
        Near.Assert(Grid.Build([1, 2, 3], at => (3 * at[1]) + at[2]), tensor(new[,,] { { { 0L, 1, 2 }, { 3, 4, 5 } } }), "three dimensions");
        Near.Assert(Grid.Build([2, 3], at => (3 * at[0]) + at[1]), tensor(new[] { 0f, 1, 2, 3, 4, 5 }, [2, 3]), "dimensions given");
        Near.Assert(Grid.Build([2, 3], at => (3 * at[0]) + at[1]), tensor(new List<float> { 0, 1, 2, 3, 4, 5 }, 2, 3), "rows and columns");
        Near.Assert(new Grid([1, 2], [3, 4]), tensor(new[] { new Complex(3, 4) }), "complex");
        Near.Assert(new Grid([2], [3, 4]), tensor(3f, 4f), "complex scalar");
        Assert.Equal(ScalarType.ComplexFloat32, tensor((3f, 4f)).dtype);
    }

    [Fact]
    public void Copies_are_apart_and_shared_arrays_are_one()
    {
        using var scope = NewDisposeScope();
        float[] values = [1, 2, 3];
        Tensor copied = tensor(values), shared = from_array(values), asTensor = as_tensor(values);
        values[1] = 9;
        Assert.Equal(2, copied[1].ToSingle());
        Assert.Equal(9, shared[1].ToSingle());
        Assert.Equal(9, asTensor[1].ToSingle());
        shared[0] = 7f;
        Assert.Equal(7, values[0]);
    }

    [Fact]
    public void Tensors_after_another_take_its_shape_and_dtype()
    {
        using var scope = NewDisposeScope();
        Tensor x = Sample.X(2, 3);
        Assert.All(new[] { x.zeros_like(), torch.zeros_like(x), x.new_zeros([2, 3]), x.new_zeros(2, 3), x.new_full([2, 3], 0), x.new_full(2, 3, 0), x.full_like(0), torch.full_like(x, 0), x.ones_like() - 1, torch.ones_like(x) - 1, x.new_ones(2, 3) - 1, x.empty_like().fill_(0), torch.empty_like(x).zero_(), x.new_empty([2, 3]).zero_(), x.new_empty(2, 3).zero_() },
            t =>
            {
                Near.Assert(Grid.Build([2, 3], _ => 0), t, "like");
                Assert.Equal(ScalarType.Float64, t.dtype);
            });
        Assert.Equal(ScalarType.Int64, x.zeros_like(ScalarType.Int64).dtype);
        Assert.True(x.zeros_like(requires_grad: true).requires_grad);
        Assert.Equal([4L], x.new_zeros(4).shape);
        Assert.Equal([2L, 3, 4, 5], x.new_ones(2, 3, 4, 5).shape);
    }

    [Fact]
    public void Contents_are_written_in_place()
    {
        using var scope = NewDisposeScope();
        Tensor x = torch.zeros(2, 3), source = Sample.X(3);
        x.copy_(source);
        Near.Assert(Grid.Build([2, 3], at => Grid.Of(source.to(ScalarType.Float32)).Values[at[1]]), x, "copy_");
        Near.Assert(Grid.Build([2, 3], _ => 4), x.fill_(4), "fill_");
        Near.Assert(Grid.Build([2, 3], _ => 0), x.zero_(), "zero_");
        Tensor other = torch.ones(4);
        Near.Assert(Grid.Line(1, 1, 1, 1), x.set_(other), "set_");
        other[0] = 5f;
        Assert.Equal(5, x[0].ToSingle());
    }

    [Fact]
    public void Conversions_reach_every_dtype()
    {
        using var scope = NewDisposeScope();
        Tensor x = tensor(new[] { 0.0, 1.0, 2.75 });
        (Tensor Made, ScalarType Dtype, double Last)[] all =
        [
            (x.@bool(), ScalarType.Bool, 1), (x.@byte(), ScalarType.Byte, 2), (x.@char(), ScalarType.Int8, 2), (x.@short(), ScalarType.Int16, 2), (x.@int(), ScalarType.Int32, 2), (x.@long(), ScalarType.Int64, 2), (x.half(), ScalarType.Float16, 2.75),
            (x.bfloat16(), ScalarType.BFloat16, 2.75), (x.@float(), ScalarType.Float32, 2.75), (x.@double(), ScalarType.Float64, 2.75), (x.to(ScalarType.Float32), ScalarType.Float32, 2.75), (x.to_type(ScalarType.Int64), ScalarType.Int64, 2),
            (x.type(ScalarType.Int32), ScalarType.Int32, 2), (x.type_as(tensor(1L)), ScalarType.Int64, 2), (x.to(tensor(1f)), ScalarType.Float32, 2.75), (x.to(ScalarType.Float32, CPU), ScalarType.Float32, 2.75), (x.to(DeviceType.CPU), ScalarType.Float64, 2.75),
            (x.to("cpu"), ScalarType.Float64, 2.75), (x.to(CPU), ScalarType.Float64, 2.75), (x.cpu(), ScalarType.Float64, 2.75), (x.type(t => t * 2), ScalarType.Float64, 5.5),
        ];
        Assert.All(all, one => Assert.Equal((one.Dtype, one.Last), (one.Made.dtype, one.Made[2].ToDouble())));
        Assert.Equal([ScalarType.ComplexFloat32, ScalarType.ComplexFloat64], new[] { x.cfloat(), x.cdouble() }.Select(t => t.dtype));
        Tensor gone = x.clone();
        Tensor kept = gone.to(ScalarType.Float32, disposeAfter: true);
        Assert.True(gone.IsInvalid);
        Assert.Equal(2.75, kept[2].ToDouble());
        Tensor copied = x.to(ScalarType.Float64, copy: true);
        copied[0] = 8.0;
        Assert.Equal(0, x[0].ToDouble());
    }

    [Fact]
    public void Views_read_as_properties()
    {
        using var scope = NewDisposeScope();
        Tensor x = Sample.X(3, 5), z = torch.complex(Sample.X(2, 3), Sample.Y(2, 3));
        Near.Assert(Grid.Of(x).Permute(1, 0), x.T, "T");
        Near.Assert(Grid.Of(x).Permute(1, 0), x.H, "H");
        Near.Assert(Grid.Of(Sample.X(2, 3, 5)).Permute(0, 2, 1), Sample.X(2, 3, 5).mT, "mT");
        Near.Assert(Grid.Of(Sample.X(2, 3)), z.real, "real");
        Near.Assert(Grid.Of(Sample.Y(2, 3)), z.imag, "imag");
        Near.Assert(Grid.Build([3, 2, 2], at => at[2] == 0 ? Grid.Of(z)[at[1], at[0], 0] : -Grid.Of(z)[at[1], at[0], 1]), z.mH, "mH");
    }

    [Fact]
    public void Types_promote_as_arithmetic_does()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(ScalarType.Float64, torch.result_type(tensor(new[] { 1f }), tensor(new[] { 1.0 })));
        Assert.Equal(ScalarType.Float32, torch.promote_types(ScalarType.Int64, ScalarType.Float32));
        Assert.True(torch.can_cast(ScalarType.Int32, ScalarType.Float32));
        Assert.False(torch.can_cast(ScalarType.Float32, ScalarType.Int32));
        Assert.Equal([2L, 3, 5], torch.broadcast_shapes(new long[] { 3, 1 }, new long[] { 2, 1, 5 }).Shape);
        Assert.ThrowsAny<Exception>(() => torch.broadcast_shapes(new long[] { 3 }, new long[] { 2 }));
    }
}
