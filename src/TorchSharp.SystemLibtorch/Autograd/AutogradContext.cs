using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static unsafe partial class autograd
    {
        /// <summary>What one call of a custom function remembers from its forward for its backward.</summary>
        public sealed class AutogradContext : IDisposable
        {
            private readonly Dictionary<string, object> _values = [];
            private readonly Lock _lock = new();
            private IntPtr _node;

            internal AutogradContext() { }

            internal List<Tensor> ToSave { get; private set; } = [];
            internal List<Tensor> Dirty { get; private set; } = [];
            internal List<Tensor> NonDifferentiable { get; private set; } = [];

            /// <summary>Whether an output without a gradient comes to backward as zeros (the default) or as null.</summary>
            public bool MaterializeGrads { get; private set; } = true;

            public void set_materialize_grads(bool value) => MaterializeGrads = value;

            /// <summary>Keeps inputs, outputs or intermediates; backward fails if one of them was changed in place since.</summary>
            public void save_for_backward(List<Tensor> tensors) => ToSave = tensors ?? throw new ArgumentNullException(nameof(tensors));

            /// <summary>The saved tensors, new objects at each call.</summary>
            /// <exception cref="InvalidOperationException">It is not backward that runs.</exception>
            public List<Tensor> get_saved_variables()
            {
                if (_node == 0)
                    throw new InvalidOperationException("saved tensors can be read inside backward only");
                var handles = new IntPtr[Native.sequence_function_saved_count(_node)];
                fixed (IntPtr* saved = handles)
                    Failure.Check(Native.sequence_function_saved(_node, saved), nameof(get_saved_variables));
                return [.. handles.Select(handle => handle == 0 ? null! : new Tensor(handle))];
            }

            public void save_data(string key, object value) => _values[key] = value;

            public object get_data(string key) => _values.TryGetValue(key, out var value)
                ? value
                : throw new KeyNotFoundException($"the forward saved nothing as '{key}'; it saved: {string.Join(", ", _values.Keys.Order())}");

            /// <summary>Names inputs that forward changed in place and returns.</summary>
            public void mark_dirty(List<Tensor> tensors) => Dirty = tensors ?? throw new ArgumentNullException(nameof(tensors));

            /// <summary>Names outputs that have no derivative.</summary>
            public void mark_non_differentiable(List<Tensor> tensors) => NonDifferentiable = tensors ?? throw new ArgumentNullException(nameof(tensors));

            /// <summary>Does nothing: the graph owns what was saved.</summary>
            public void Dispose() { }

            // the graph holds references of its own now
            internal void EndForward()
            {
                ToSave = [];
                Dirty = [];
                NonDifferentiable = [];
            }

            // one backward at a time sees its node through this context
            internal Reading BeginBackward(IntPtr node)
            {
                _lock.Enter();
                var outer = _node;
                _node = node;
                return new Reading(this, outer);
            }

            internal readonly ref struct Reading(AutogradContext context, IntPtr outer)
            {
                public void Dispose()
                {
                    context._node = outer;
                    context._lock.Exit();
                }
            }
        }
    }
}
