using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A stream of random numbers of its own.</summary>
    public unsafe class Generator : IDisposable
    {
        private IntPtr _handle;

        public Generator(ulong seed = 0, Device? device = null)
        {
            device ??= CPU;
            IntPtr created;
            Failure.Check(Native.sequence_generator_new(seed, (int)device.type, device.index, &created), nameof(Generator));
            _handle = created;
            this.device = device;
        }

        private Generator(IntPtr handle, Device device)
        {
            _handle = handle;
            this.device = device;
        }

        ~Generator() => Release();

        /// <summary>The generator that operators on the CPU draw from when none is given.</summary>
        public static Generator Default
        {
            get
            {
                IntPtr found;
                Failure.Check(Native.sequence_generator_default((int)DeviceType.CPU, -1, &found), nameof(Default));
                return new Generator(found, CPU);
            }
        }

        public Device device { get; }

        public IntPtr Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(nameof(Generator));

        public Generator manual_seed(long seed)
        {
            Failure.Check(Native.sequence_generator_seed_set(Handle, (ulong)seed), nameof(manual_seed));
            GC.KeepAlive(this);
            return this;
        }

        /// <summary>Seeds it from the system's entropy and tells the seed.</summary>
        public long seed()
        {
            ulong seed;
            Failure.Check(Native.sequence_generator_seed_fresh(Handle, &seed), nameof(seed));
            GC.KeepAlive(this);
            return (long)seed;
        }

        /// <summary>The seed that it started from.</summary>
        public long initial_seed()
        {
            ulong seed;
            Failure.Check(Native.sequence_generator_seed_get(Handle, &seed), nameof(initial_seed));
            GC.KeepAlive(this);
            return (long)seed;
        }

        /// <summary>The whole state as a byte tensor.</summary>
        public Tensor get_state()
        {
            IntPtr state;
            Failure.Check(Native.sequence_generator_state_get(Handle, &state), nameof(get_state));
            GC.KeepAlive(this);
            return new Tensor(state);
        }

        public void set_state(Tensor value)
        {
            ArgumentNullException.ThrowIfNull(value);
            Failure.Check(Native.sequence_generator_state_set(Handle, value.Handle), nameof(set_state));
            GC.KeepAlive(value);
            GC.KeepAlive(this);
        }

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing) => Release();

        private void Release()
        {
            var handle = Interlocked.Exchange(ref _handle, 0);
            if (handle != 0)
                Native.sequence_generator_release(handle);
        }
    }
}
