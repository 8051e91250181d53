using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Tests.NN;

internal abstract class Ancestor : Module<Tensor, Tensor>
{
    private readonly Parameter _scale = new(ones(2));

    protected Ancestor(string name) : base(name)
    {
    }

    public Parameter Scale => _scale;
}

/// <summary>One of each kind of field.</summary>
internal sealed class Sample : Ancestor
{
    private readonly Linear _first = Linear(2, 3);
    private readonly Parameter _shift = new(zeros(3));
    private readonly Tensor _table = arange(4, dtype: ScalarType.Int64);
    private readonly Tensor _mean = ones(3);
    private readonly Module? _absent = Nothing();
    [ComponentName(Name = "tail")] private readonly Module<Tensor, Tensor> _last = Linear(3, 1, hasBias: false);
    private readonly ModuleList<Module> _items = ModuleList<Module>(Linear(1, 1), ReLU());

    public Sample() : base(nameof(Sample))
    {
        RegisterComponents();
        RegisterComponents();
    }

    public Linear Head { get; } = Linear(1, 2);

    private static Module? Nothing() => null;

    public Tensor Table => _table;

    public Tensor Mean => _mean;

    public Linear First => _first;

    public Parameter Shift => _shift;

    public bool HasAbsent => _absent is not null;

    public override Tensor forward(Tensor x) => _last.call((_first.call(x) + _shift).relu());
}

/// <summary>Two layers that share one weight, and a buffer outside of the state dictionary.</summary>
internal sealed class Tied : Module<Tensor, Tensor>
{
    private readonly Embedding _embedding = Embedding(5, 3);
    private readonly Linear _head = Linear(3, 5, hasBias: false);

    public Tied() : base(nameof(Tied))
    {
        _head.weight = _embedding.weight!;
        register_buffer("cache", ones(2), persistent: false);
        RegisterComponents();
    }

    public Linear Head => _head;

    public Embedding Table => _embedding;

    public override Tensor forward(Tensor x) => _head.call(_embedding.call(x));
}
