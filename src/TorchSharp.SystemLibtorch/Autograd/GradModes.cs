using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Records no gradients on this thread until the result is disposed.</summary>
    public static IDisposable no_grad() => new GradMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);

    public static IDisposable set_grad_enabled(bool mode = true) => new GradMode(mode);

    /// <summary>As no_grad, and tensors made under it can't enter a graph later: no version counting, no views' bookkeeping.</summary>
    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);

    public static bool is_grad_enabled() => Native.sequence_grad_mode_get() != 0;

    public static bool is_inference_mode_enabled() => Native.sequence_inference_mode_get() != 0;

    private sealed class GradMode : IDisposable
    {
        private readonly bool _before = is_grad_enabled();
        private bool _ended;

        internal GradMode(bool enabled) => Native.sequence_grad_mode_set(enabled ? 1 : 0);

        public void Dispose()
        {
            if (_ended)
                return;
            _ended = true;
            Native.sequence_grad_mode_set(_before ? 1 : 0);
        }
    }

    private sealed unsafe class InferenceMode : IDisposable
    {
        private readonly int _thread = Environment.CurrentManagedThreadId;
        private IntPtr _guard;

        internal InferenceMode(bool enabled)
        {
            IntPtr guard;
            Failure.Check(Native.sequence_inference_mode_begin(enabled ? 1 : 0, &guard), nameof(inference_mode));
            _guard = guard;
        }

        public void Dispose()
        {
            if (_guard == 0)
                return;
            if (_thread != Environment.CurrentManagedThreadId)
                throw new InvalidOperationException("inference mode belongs to a thread: end it on the one that began it, without an await in between.");
            Failure.Check(Native.sequence_inference_mode_end(_guard), nameof(inference_mode));
            _guard = 0;
        }
    }
}
