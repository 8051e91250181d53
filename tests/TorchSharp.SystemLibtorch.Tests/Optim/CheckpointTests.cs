using TorchSharp.Modules;
using TorchSharp.Tests.NN;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Optim;

public sealed class CheckpointTests
{
    private static void Train(Parameter p, torch.optim.Optimizer optimizer, int steps)
    {
        for (var t = 0; t < steps; t++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            p.pow(4).sum().backward();
            optimizer.step();
        }
    }

    private static Parameter Start() => new(Numbers.Tensor(Numbers.Spread(65, 21), 65));

    [Fact]
    public void A_run_that_is_loaded_goes_on_bit_for_bit()
    {
        using var undisturbed = Start();
        using var whole = optim.AdamW(new[] { undisturbed }, 0.05, weight_decay: 0.1, amsgrad: true);
        Train(undisturbed, whole, 20);

        using var first = Start();
        using var before = optim.AdamW(new[] { first }, 0.05, weight_decay: 0.1, amsgrad: true);
        Train(first, before, 8);
        using var second = new Parameter(first.detach().clone());
        using var after = optim.AdamW(new[] { second }, amsgrad: true);
        after.load_state_dict(before.state_dict());
        Train(second, after, 12);
        Numbers.Near(Numbers.Of(undisturbed), second, 0);
    }

    [Fact]
    public void The_state_dictionary_is_the_optimizers_own_so_that_tensors_can_be_written_through_it()
    {
        using var first = Start();
        using var before = optim.AdamW(new[] { first }, 0.05);
        Train(first, before, 8);
        var saved = (AdamW.State)before.state_dict().State[0];

        using var second = new Parameter(first.detach().clone());
        using var after = optim.AdamW(new[] { second }, 0.05);
        var loaded = (AdamW.State)after.state_dict().State[0];
        using (no_grad())
        {
            loaded.step = saved.step;
            loaded.exp_avg.copy_(saved.exp_avg);
            loaded.exp_avg_sq.copy_(saved.exp_avg_sq);
        }
        Train(first, before, 5);
        Train(second, after, 5);
        Numbers.Near(Numbers.Of(first), second, 0);
    }

    [Fact]
    public void Loading_copies_states_and_options()
    {
        using var p = Start();
        using var from = optim.SGD(new[] { p }, 0.5, momentum: 0.9);
        Train(p, from, 2);
        using var q = new Parameter(p.detach().clone());
        using var to = optim.SGD(new[] { q }, 0.1);
        to.load_state_dict(from.state_dict());
        Assert.Equal(0.5, to.ParamGroups.Single().LearningRate);
        var (mine, theirs) = ((SGD.State)to.state_dict().State[0], (SGD.State)from.state_dict().State[0]);
        Assert.NotSame(theirs.momentum_buffer, mine.momentum_buffer);
        Numbers.Near(Numbers.Of(theirs.momentum_buffer!), mine.momentum_buffer!, 0);
    }

    [Fact]
    public void Groups_and_their_states_are_indexed()
    {
        using var scope = NewDisposeScope();
        using var optimizer = optim.AdamW([new AdamW.ParamGroup([Start(), Start()]), new AdamW.ParamGroup([Start()])]);
        var state = optimizer.state_dict();
        Assert.Equal(2, state.Options.Count);
        Assert.Equal([[0, 1], [2]], state.StateIndexRef);
    }

#if TORCH_SYSTEM
    [Fact]
    public void Another_kind_or_another_number_of_parameters_is_refused()
    {
        using var scope = NewDisposeScope();
        using var adam = optim.AdamW([Start()]);
        using var sgd = optim.SGD([Start()], 0.1);
        using var two = optim.AdamW([Start(), Start()]);
        using var other = optim.AdamW([new Parameter(zeros(3))]);
        Assert.Throws<ArgumentException>(() => adam.load_state_dict(sgd.state_dict()));
        Assert.Throws<ArgumentException>(() => adam.load_state_dict(two.state_dict()));
        Assert.Throws<ArgumentException>(() => adam.load_state_dict(other.state_dict()));
    }
#endif
}
