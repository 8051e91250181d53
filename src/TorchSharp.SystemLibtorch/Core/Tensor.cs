using System.Runtime.CompilerServices;
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// One reference to a native tensor. Disposing it, ending its dispose scope or losing it to the garbage collector gives up
    /// this reference alone: what autograd or another tensor still needs stays.
    /// </summary>
    public partial class Tensor : IDisposable
    {
        private static long _totalCount;
        private static long _peakCount;

        private IntPtr _handle;

        // the scope that will dispose this tensor, and its place there; both belong to DisposeScope
        internal DisposeScope? Scope;
        internal int ScopeIndex;

        /// <summary>Takes over a native reference and joins the thread's current dispose scope.</summary>
        internal Tensor(IntPtr handle)
        {
            _handle = handle;
            var count = Interlocked.Increment(ref _totalCount);
            if (count > Volatile.Read(ref _peakCount))
                RaisePeak(count);
            DisposeScopeManager.Register(this);
        }

        ~Tensor() => ReleaseHandle();

        /// <summary>Tensor objects alive now, in all threads.</summary>
        public static long TotalCount => Interlocked.Read(ref _totalCount);

        /// <summary>The most that were alive at once.</summary>
        public static long PeakCount => Interlocked.Read(ref _peakCount);

        /// <summary>The native tensor: here a <c>c10::TensorImpl*</c>.</summary>
        /// <exception cref="ObjectDisposedException">The tensor has been disposed.</exception>
        public IntPtr Handle => _handle != 0 ? _handle : throw Disposed();

        public bool IsInvalid => _handle == 0;

        // zero once disposed
        internal IntPtr RawHandle => _handle;

        /// <summary>Takes over a native reference.</summary>
        public static Tensor UnsafeCreateTensor(IntPtr handle) => new(handle);

        /// <summary>Gives the native reference away; this object is disposed afterwards.</summary>
        public IntPtr DecoupleFromNativeHandle()
        {
            var handle = Interlocked.Exchange(ref _handle, 0);
            if (handle == 0)
                throw Disposed();
            Interlocked.Decrement(ref _totalCount);
            Scope?.Forget(this);
            GC.SuppressFinalize(this);
            return handle;
        }

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            if (disposing)
                Scope?.Forget(this);
            ReleaseHandle();
        }

        private void ReleaseHandle()
        {
            var handle = Interlocked.Exchange(ref _handle, 0);
            if (handle == 0)
                return;
            Interlocked.Decrement(ref _totalCount);
            Native.sequence_tensor_release(handle);
        }

        /// <summary>Keeps this tensor until it is disposed by hand or collected. Returns this.</summary>
        public Tensor DetachFromDisposeScope()
        {
            Scope?.Forget(this);
            return this;
        }

        /// <summary>Gives this tensor to the scope around its own; without one it is detached. Returns this.</summary>
        public Tensor MoveToOuterDisposeScope() => MoveToOtherDisposeScope(Scope?.Outer);

        /// <summary>Gives this tensor to the scope of another. Returns this.</summary>
        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.Scope);

        public Tensor MoveToOtherDisposeScope(DisposeScope? other)
        {
            Scope?.Forget(this);
            other?.Attach(this);
            return this;
        }

        /// <summary>Element by element, as torch.equal in PyTorch; tensors of other shapes, dtypes or devices are unequal.</summary>
        public bool Equals(Tensor target) =>
            target is not null && dtype == target.dtype && device_type == target.device_type && shape.AsSpan().SequenceEqual(target.shape) && Contents.Equal.CallBool(this, target);

        public override bool Equals(object? obj) => obj is Tensor other && Equals(other);

        public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);

        private static ObjectDisposedException Disposed() =>
            new("Tensor", "The tensor has been disposed. A dispose scope may have ended too early; MoveToOuterDisposeScope() keeps a tensor.");

        private static void RaisePeak(long count)
        {
            for (var peak = Interlocked.Read(ref _peakCount); count > peak;)
            {
                var seen = Interlocked.CompareExchange(ref _peakCount, count, peak);
                if (seen == peak)
                    return;
                peak = seen;
            }
        }
    }

    private static class Contents
    {
        internal static readonly Operator Equal = new("equal");
    }
}
