using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Tests.NN;

public sealed class RegistrationTests
{
    [Fact]
    public void Own_parameters_come_first_then_sub_modules_in_order_of_fields_base_class_last()
    {
        using var module = new Sample();
        Assert.Equal(
            ["_shift", "_scale", "_first.weight", "_first.bias", "tail.weight", "_items.0.weight", "_items.0.bias",
             "<Head>k__BackingField.weight", "<Head>k__BackingField.bias"],
            module.named_parameters().Select(entry => entry.name));
        Assert.False(module.HasAbsent);
    }

    [Fact]
    public void Children_come_before_grandchildren_and_the_module_itself_is_not_listed()
    {
        using var module = new Sample();
        Assert.Equal(["_first", "tail", "_items", "<Head>k__BackingField", "_items.0", "_items.1"], module.named_modules().Select(entry => entry.name));
        Assert.Equal(["_first", "tail", "_items", "<Head>k__BackingField"], module.named_children().Select(entry => entry.name));
    }

    [Fact]
    public void Other_tensor_fields_are_persistent_buffers()
    {
        using var module = new Sample();
        Assert.Equal(["_table", "_mean"], module.named_buffers().Select(entry => entry.name));
        Assert.True(module.state_dict().ContainsKey("_mean"));
    }

    [Fact]
    public void A_name_is_registered_once()
    {
        using var module = new Sample();
        Assert.Throws<InvalidOperationException>(() => module.register_parameter("_shift", new Parameter(zeros(1))));
        Assert.Throws<InvalidOperationException>(() => module.register_module("_first", Linear(1, 1)));
        Assert.Throws<InvalidOperationException>(() => module.register_buffer("_mean", zeros(1)));
    }

    [Fact]
    public void A_path_leads_to_its_parameter_or_to_null()
    {
        using var module = new Sample();
        Assert.Same(module.First.weight, module.get_parameter("_first.weight"));
        Assert.Same(module.Mean, module.get_buffer("_mean"));
        Assert.True(module.has_parameter("_first.bias"));
        Assert.Null(module.get_parameter("_first.nothing"));
        Assert.False(module.has_buffer("nothing.at.all"));
    }

    [Fact]
    public void A_parameter_field_of_a_layer_can_be_replaced_and_the_listing_follows()
    {
        using var layer = Linear(2, 2);
        var weight = new Parameter(zeros(2, 2));
        layer.weight = weight;
        Assert.Contains(layer.parameters(), parameter => ReferenceEquals(parameter, weight));
        Assert.Equal(2, layer.parameters().Count());
    }

    [Fact]
    public void Train_and_eval_reach_every_descendant()
    {
        using var module = new Sample();
        module.eval();
        Assert.All(module.modules(), child => Assert.False(child.training));
        module.train();
        Assert.All(module.modules(), child => Assert.True(child.training));
    }

    [Fact]
    public void Apply_visits_children_before_their_parent()
    {
        using var sequence = Sequential(Linear(1, 1), ReLU());
        var visited = new List<Module>();
        sequence.apply(visited.Add);
        Assert.Same(sequence, visited[^1]);
        Assert.Equal(3, visited.Count);
    }

#if TORCH_SYSTEM // the real library lists items only once they are part of a module
    [Fact]
    public void Lists_number_their_items_anew_when_one_goes()
    {
        using var list = ModuleList<Module>(Linear(1, 1), ReLU(), Linear(1, 1, hasBias: false));
        list.RemoveAt(0);
        Assert.Equal(["1.weight"], list.state_dict().Keys);
        Assert.Equal(2, list.Count);
    }
#endif

#if TORCH_SYSTEM
    [Fact]
    public void A_shared_parameter_is_listed_once_and_keeps_both_keys()
    {
        using var module = new Tied();
        Assert.Equal(["_embedding.weight"], module.named_parameters().Select(entry => entry.name));
        Assert.Equal(["_embedding.weight", "_head.weight"], module.state_dict().Keys);
        Assert.Same(module.Table.weight!, module.Head.weight);
    }

    [Fact]
    public void A_buffer_outside_the_state_dictionary_is_listed_all_the_same()
    {
        using var module = new Tied();
        Assert.Equal(["cache"], module.named_buffers().Select(entry => entry.name));
        Assert.Empty(module.named_buffers(include_nonpersistent: false));
        Assert.False(module.state_dict().ContainsKey("cache"));
    }

    [Fact]
    public void A_name_with_a_dot_is_refused()
    {
        using var module = new Sample();
        Assert.Throws<ArgumentException>(() => module.register_module("a.b", ReLU()));
        Assert.Throws<ArgumentException>(() => module.register_parameter("a.b", new Parameter(zeros(1))));
        Assert.Throws<ArgumentException>(() => module.register_buffer("a.b", zeros(1)));
    }

    [Fact]
    public void Dictionaries_register_at_once_and_keep_their_order()
    {
        using var modules = ModuleDict<Module>(("b", Linear(1, 1, hasBias: false)), ("a", ReLU()));
        using var parameters = ParameterDict(("y", new Parameter(zeros(1))), ("x", new Parameter(zeros(2))));
        Assert.Equal(["b", "a"], modules.keys());
        Assert.Equal(["b.weight"], modules.state_dict().Keys);
        Assert.Equal(["y", "x"], parameters.state_dict().Keys);
        Assert.True(parameters.Remove("y"));
        Assert.Equal(["x"], parameters.state_dict().Keys);
    }
#endif
}
