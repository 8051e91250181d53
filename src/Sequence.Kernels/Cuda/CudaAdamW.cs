using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sequence.Kernels.Optim;
using static TorchSharp.torch;

namespace Sequence.Kernels.Cuda;

/// <summary><see cref="FusedAdamW"/> on a GPU (<c>adamw.cu</c>): 28 bytes of memory an element in float32, and one launch for many parameters, of which most are too small to fill a GPU alone.</summary>
internal static class CudaAdamW
{
    // what fits into the 4,096 bytes of a kernel's arguments in float64 too
    private const int Parameters = 48;

    private const int Threads = 256;

    // elements a block: enough for some loads of each thread
    private const int BlockLength = 4 * Threads;

    /// <summary>What it is compiled from; for float32 and float64.</summary>
    public static CudaProgram Program { get; } = new("adamw.cu", _ => [$"PARAMETERS={Parameters}"]);

    /// <summary>One update of each parameter.</summary>
    /// <param name="parameters">On GPUs.</param>
    /// <param name="gradients">Theirs, contiguous.</param>
    /// <param name="rates">What they have in common.</param>
    public static void Step(IReadOnlyList<AdamWParameter> parameters, IReadOnlyList<Tensor> gradients, AdamWRates rates)
    {
        var all = Enumerable.Range(0, parameters.Count).Where(index => parameters[index].Value.numel() > 0);
        foreach (var alike in all.GroupBy(index => (parameters[index].Value.dtype, parameters[index].Value.device_index)))
        {
            foreach (var launch in alike.Chunk(Parameters))
            {
                if (alike.Key.dtype == ScalarType.Float64)
                    Launch<double>(launch, parameters, gradients, rates);
                else
                    Launch<float>(launch, parameters, gradients, rates);
            }
        }
    }

    private static void Launch<T>(int[] launch, IReadOnlyList<AdamWParameter> parameters, IReadOnlyList<Tensor> gradients, AdamWRates rates)
        where T : unmanaged, IFloatingPoint<T>
    {
        static T Of(double value) => T.CreateChecked(value);
        var arguments = new Arguments<T> { B1 = Of(rates.Beta1), C1 = Of(1 - rates.Beta1), B2 = Of(rates.Beta2), C2 = Of(1 - rates.Beta2), Epsilon = Of(rates.Epsilon) };
        var longest = 0L;
        for (var slot = 0; slot < launch.Length; slot++)
        {
            var parameter = parameters[launch[slot]];
            longest = Math.Max(longest, parameter.Value.numel());
            arguments.Table[slot] = new()
            {
                P = CudaMemory.Address(parameter.Value), G = CudaMemory.Address(gradients[launch[slot]]), M = CudaMemory.Address(parameter.Mean), V = CudaMemory.Address(parameter.Square),
                Count = parameter.Value.numel(),
                Kept = Of(1 - rates.LearningRate * parameter.WeightDecay),
                Step = Of(-rates.LearningRate / (1 - Math.Pow(rates.Beta1, parameter.Update))),
                Root = Of(1 / Math.Sqrt(1 - Math.Pow(rates.Beta2, parameter.Update))),
            };
        }

        var first = parameters[launch[0]].Value;
        // a long parameter has as many blocks as keep the GPU busy, and each goes on through it
        var blocks = Math.Min((longest + BlockLength - 1) / BlockLength, 16L * CudaPlatform.Gpu(first).Multiprocessors);
        Program.On(first).Launch("update", (blocks, launch.Length), Threads, arguments);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Parameter<T>
        where T : unmanaged
    {
        public IntPtr P, G, M, V;
        public long Count;
        public T Kept, Step, Root;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Arguments<T>
        where T : unmanaged
    {
        public T B1, C1, B2, C2, Epsilon;
        public Table<T> Table;
    }

    [InlineArray(Parameters)]
    private struct Table<T>
        where T : unmanaged
    {
        private Parameter<T> _first;
    }
}
