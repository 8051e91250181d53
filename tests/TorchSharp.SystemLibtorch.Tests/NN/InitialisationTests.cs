using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Tests.NN;

public sealed class InitialisationTests
{
    private const double DrawTolerance = 1e-6;

    // torch 1.13 in Python: manual_seed(1); Linear(3, 2), manual_seed(3); Conv1d(2, 3, 2), manual_seed(2); Embedding(3, 2)
    [Fact]
    public void Seeded_layers_start_with_the_values_that_PyTorch_gives_them()
    {
        manual_seed(1);
        using var linear = Linear(3, 2);
        Numbers.Near([0.297487348, -0.254829824, -0.111925982, 0.270990282, -0.543538809, 0.346246928], linear.weight!, DrawTolerance);
        Numbers.Near([-0.118775561, 0.293723404], linear.bias!, DrawTolerance);

        manual_seed(3);
        using var convolution = Conv1d(2, 3, 2);
        Numbers.Near(
            [-0.49573648, -0.394430637, -0.214157522, -0.47304517, -0.0283856392, -0.439883709,
             0.271865845, 0.243699372, 0.0944212079, 0.387856662, -0.0489686728, 0.299490631], convolution.weight!, DrawTolerance);
        Numbers.Near([-0.350159109, -0.0985311866, -0.445823073], convolution.bias!, DrawTolerance);

        manual_seed(2);
        using var embedding = Embedding(3, 2);
        Numbers.Near([0.392296821, -0.223564014, -0.319500268, -1.20503712, 1.04446352, -0.633227706], embedding.weight!, DrawTolerance);
    }

#if TORCH_SYSTEM // the real library clamps before it has scaled
    [Fact]
    public void Seeded_truncated_normal_values_are_PyTorchs()
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        Numbers.Near([0.663650393, 0.662148237, -0.68575871, -0.317041934], init.trunc_normal_(empty(4), 0.5, 2, -1, 2), DrawTolerance);
    }
#endif

    [Theory]
    [InlineData("kaiming_uniform", 0.0312500)]   // 2 / (1 + 0) / 64
    [InlineData("kaiming_normal out", 0.0200000)] // 2 / 100
    [InlineData("xavier_uniform", 0.0121951)]     // 2 / (64 + 100)
    [InlineData("xavier_normal", 0.0121951)]
    [InlineData("normal", 0.0900000)]
    [InlineData("uniform", 0.0833333)]
    public void Variances_are_those_of_the_formulas(string name, double variance)
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        var w = empty(100, 64);
        _ = name switch
        {
            "kaiming_uniform" => init.kaiming_uniform_(w),
            "kaiming_normal out" => init.kaiming_normal_(w, mode: init.FanInOut.FanOut, nonlinearity: init.NonlinearityType.ReLU),
            "xavier_uniform" => init.xavier_uniform_(w),
            "xavier_normal" => init.xavier_normal_(w),
            "normal" => init.normal_(w, 0, 0.3),
            _ => init.uniform_(w),
        };
        var values = Numbers.Of(w);
        var mean = values.Average();
        Assert.InRange(values.Average(value => (value - mean) * (value - mean)) / variance, 0.95, 1.05);
    }

#if TORCH_SYSTEM // the real library draws and decomposes in float32
    [Theory]
    [InlineData(6, 4)]
    [InlineData(4, 6)]
    public void Orthogonal_rows_or_columns_are_orthonormal(int rows, int columns)
    {
        using var scope = NewDisposeScope();
        var w = init.orthogonal_(empty(rows, columns, dtype: ScalarType.Float64), 2);
        var gram = rows < columns ? w.matmul(w.t()) : w.t().matmul(w);
        Numbers.Near(Numbers.Of(eye(4, dtype: ScalarType.Float64) * 4), gram, 1e-10);
    }
#endif

    [Fact]
    public void Constants_identities_and_sparse_values()
    {
        using var scope = NewDisposeScope();
        Numbers.Near([1, 0, 0, 0, 1, 0], init.eye_(empty(2, 3)), 0);
        Numbers.Near([7, 7], init.constant_(empty(2), 7), 0);
        Numbers.Near([0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0], init.dirac_(empty(2, 2, 3)), 0);
        Assert.All(Numbers.Of(init.sparse_(empty(10, 3), 0.25).t()).Chunk(10), column => Assert.Equal(3, column.Count(value => value == 0)));
    }

    [Fact]
    public void Fans_count_inputs_and_outputs_times_the_kernel()
    {
        using var scope = NewDisposeScope();
        Assert.Equal((15, 10), init.CalculateFanInAndFanOut(empty(2, 3, 5)));
        Assert.Equal(5.0 / 3, init.calculate_gain(init.NonlinearityType.Tanh));
        Assert.Equal(Math.Sqrt(2 / 1.25), init.calculate_gain(init.NonlinearityType.LeakyReLU, 0.5), 12);
    }

    [Fact]
    public void Filling_a_trained_parameter_records_no_gradient()
    {
        using var layer = Linear(2, 2);
        init.zeros_(layer.weight!);
        Assert.True(layer.weight!.is_leaf);
        Numbers.Near([0, 0, 0, 0], layer.weight!, 0);
    }
}
