using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class autograd
    {
        /// <summary>Makes backward name the operator that produced a NaN, in the whole process, until the result is disposed.</summary>
        public static AnomalyMode detect_anomaly(bool check_nan = true) => new(true, check_nan);

        public static AnomalyMode set_detect_anomaly(bool mode, bool check_nan = true) => new(mode, check_nan);
    }

    public sealed class AnomalyMode : IDisposable
    {
        private readonly int _before = Native.sequence_anomaly_get();

        internal AnomalyMode(bool enabled, bool checkNan) => Native.sequence_anomaly_set(enabled ? 1 : 0, checkNan ? 1 : 0);

        public void Dispose() => Native.sequence_anomaly_set(_before & 1, _before >> 1);
    }
}
