using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

// The entry points of libSequenceTorch. All that return int answer below zero when something was thrown: Failure.Check.
// Those that only read a field skip the switch of the garbage collector's mode: they take nanoseconds and call nothing back.
internal static unsafe partial class Native
{
    private const string Library = "SequenceTorch";

    [LibraryImport(Library)] internal static partial byte* sequence_error_text();
    [LibraryImport(Library)] internal static partial IntPtr sequence_error_exception();
    [LibraryImport(Library)] internal static partial void sequence_error_clear();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sequence_operator_find(string name, string overload, IntPtr* found);
    [LibraryImport(Library)] internal static partial byte* sequence_operator_schema(IntPtr operation);
    [LibraryImport(Library)] internal static partial int sequence_operator_call(IntPtr operation, Value* arguments, int count, Value* results, int capacity);

    [LibraryImport(Library)] internal static partial void sequence_tensor_release(IntPtr tensor);
    [LibraryImport(Library)] internal static partial IntPtr sequence_tensor_share(IntPtr tensor);
    [LibraryImport(Library), SuppressGCTransition] internal static partial int sequence_tensor_describe(IntPtr tensor, Description* description);
    [LibraryImport(Library), SuppressGCTransition] internal static partial int sequence_tensor_sizes(IntPtr tensor, long** sizes);
    [LibraryImport(Library), SuppressGCTransition] internal static partial int sequence_tensor_strides(IntPtr tensor, long** strides);
    [LibraryImport(Library)] internal static partial int sequence_tensor_data(IntPtr tensor, void** data);
    [LibraryImport(Library)] internal static partial int sequence_tensor_storage(IntPtr tensor, void** data, long* bytes);
    [LibraryImport(Library)] internal static partial int sequence_tensor_is_pinned(IntPtr tensor);
    [LibraryImport(Library)] internal static partial int sequence_tensor_copy_of(void* data, long bytes, long* sizes, int rank, int dtype, IntPtr* created);
    [LibraryImport(Library)]
    internal static partial int sequence_tensor_over(void* data, long* sizes, int rank, int dtype, delegate* unmanaged<IntPtr, void> release, IntPtr context, IntPtr* created);
    [LibraryImport(Library)] internal static partial int sequence_default_dtype_set(int dtype);

    [LibraryImport(Library)] internal static partial int sequence_requires_grad_set(IntPtr tensor, int value);
    [LibraryImport(Library)] internal static partial int sequence_is_leaf(IntPtr tensor);
    [LibraryImport(Library)] internal static partial int sequence_retain_grad(IntPtr tensor);
    [LibraryImport(Library)] internal static partial int sequence_grad_get(IntPtr tensor, IntPtr* grad);
    [LibraryImport(Library)] internal static partial int sequence_grad_set(IntPtr tensor, IntPtr grad);
    [LibraryImport(Library)]
    internal static partial int sequence_backward(IntPtr* tensors, int count, IntPtr* grads, int gradCount, int retainGraph, int createGraph, IntPtr* inputs, int inputCount);
    [LibraryImport(Library)]
    internal static partial int sequence_grad(
        IntPtr* outputs, int outputCount, IntPtr* inputs, int inputCount, IntPtr* grads, int gradCount, int retainGraph, int createGraph, int allowUnused, IntPtr* results);
    [LibraryImport(Library), SuppressGCTransition] internal static partial int sequence_grad_mode_get();
    [LibraryImport(Library), SuppressGCTransition] internal static partial void sequence_grad_mode_set(int enabled);
    [LibraryImport(Library), SuppressGCTransition] internal static partial int sequence_inference_mode_get();
    [LibraryImport(Library)] internal static partial int sequence_inference_mode_begin(int enabled, IntPtr* guard);
    [LibraryImport(Library)] internal static partial int sequence_inference_mode_end(IntPtr guard);
    [LibraryImport(Library)] internal static partial int sequence_anomaly_get();
    [LibraryImport(Library)] internal static partial void sequence_anomaly_set(int enabled, int checkNan);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sequence_function_apply(
        string name, IntPtr context, delegate* unmanaged<IntPtr, IntPtr, IntPtr*, int, IntPtr*, int, IntPtr> backward, delegate* unmanaged<IntPtr, void> release,
        int materialize, IntPtr* inputs, int inputCount, IntPtr* outputs, int outputCount, IntPtr* saved, int savedCount,
        IntPtr* dirty, int dirtyCount, IntPtr* fixedOutputs, int fixedCount, IntPtr* results);
    [LibraryImport(Library)] internal static partial int sequence_function_saved_count(IntPtr node);
    [LibraryImport(Library)] internal static partial int sequence_function_saved(IntPtr node, IntPtr* tensors);

    [LibraryImport(Library)] internal static partial int sequence_generator_default(int deviceType, int deviceIndex, IntPtr* generator);
    [LibraryImport(Library)] internal static partial int sequence_generator_new(ulong seed, int deviceType, int deviceIndex, IntPtr* generator);
    [LibraryImport(Library)] internal static partial void sequence_generator_release(IntPtr generator);
    [LibraryImport(Library)] internal static partial int sequence_generator_seed_set(IntPtr generator, ulong seed);
    [LibraryImport(Library)] internal static partial int sequence_generator_seed_fresh(IntPtr generator, ulong* seed);
    [LibraryImport(Library)] internal static partial int sequence_generator_seed_get(IntPtr generator, ulong* seed);
    [LibraryImport(Library)] internal static partial int sequence_generator_state_get(IntPtr generator, IntPtr* state);
    [LibraryImport(Library)] internal static partial int sequence_generator_state_set(IntPtr generator, IntPtr state);
    [LibraryImport(Library)] internal static partial int sequence_manual_seed(ulong seed);

    [LibraryImport(Library)] internal static partial int sequence_threads_get();
    [LibraryImport(Library)] internal static partial int sequence_threads_set(int count);
    [LibraryImport(Library)] internal static partial int sequence_interop_threads_get();
    [LibraryImport(Library)] internal static partial int sequence_interop_threads_set(int count);
    [LibraryImport(Library)]
    internal static partial int sequence_parallel_for(
        long begin, long end, long grain, delegate* unmanaged<IntPtr, long, long, IntPtr> body, delegate* unmanaged<IntPtr, void> release, IntPtr context);

    [LibraryImport(Library)] internal static partial int sequence_cuda_device_count();
    [LibraryImport(Library)] internal static partial int sequence_cuda_has_cudnn();
    [LibraryImport(Library)] internal static partial int sequence_cuda_synchronize(int device);
    [LibraryImport(Library)] internal static partial int sequence_cuda_memory(int device, long* statistics);
    [LibraryImport(Library)] internal static partial int sequence_cuda_reset_peak(int device);
    [LibraryImport(Library)] internal static partial int sequence_cuda_empty_cache();
    [LibraryImport(Library)] internal static partial int sequence_cuda_tf32_get();
    [LibraryImport(Library)] internal static partial int sequence_cuda_tf32_set(int allowed);
    [LibraryImport(Library)] internal static partial int sequence_cudnn_tf32_get();
    [LibraryImport(Library)] internal static partial int sequence_cudnn_tf32_set(int allowed);

    [LibraryImport(Library)] internal static partial int sequence_cuda_device_current();

    [LibraryImport(Library)] internal static partial int sequence_stream_current(int device, long* id);
    [LibraryImport(Library)] internal static partial int sequence_stream_from_pool(int device, long* id);
    [LibraryImport(Library)] internal static partial int sequence_stream_exchange(int device, long id, long* before);
    [LibraryImport(Library)] internal static partial int sequence_stream_synchronize(int device, long id);
    [LibraryImport(Library)] internal static partial int sequence_stream_handle(int device, IntPtr* handle);

    [LibraryImport(Library)] internal static partial int sequence_event_new(IntPtr* created);
    [LibraryImport(Library)] internal static partial void sequence_event_release(IntPtr released);
    [LibraryImport(Library)] internal static partial int sequence_event_record(IntPtr recorded, int device, long stream);
    [LibraryImport(Library)] internal static partial int sequence_event_block(IntPtr awaited, int device, long stream);
    [LibraryImport(Library)] internal static partial int sequence_event_synchronize(IntPtr awaited);
    [LibraryImport(Library)] internal static partial int sequence_event_elapsed(IntPtr from, IntPtr to, double* milliseconds);

    [LibraryImport(Library)] internal static partial int sequence_graph_supported();
    [LibraryImport(Library)] internal static partial int sequence_graph_begin(int device, IntPtr* graph);
    [LibraryImport(Library)] internal static partial int sequence_graph_end(IntPtr graph);
    [LibraryImport(Library)] internal static partial int sequence_graph_replay(IntPtr graph);
    [LibraryImport(Library)] internal static partial int sequence_graph_release(IntPtr graph);

    [LibraryImport(Library), SuppressGCTransition] internal static partial int sequence_autocast_get(int device);
    [LibraryImport(Library)] internal static partial int sequence_autocast_set(int device, int element);
    [LibraryImport(Library)] internal static partial int sequence_autocast_enter();
    [LibraryImport(Library)] internal static partial int sequence_autocast_leave();

    [LibraryImport(Library)] internal static partial byte* sequence_version();
    [LibraryImport(Library)] internal static partial byte* sequence_config();
    [LibraryImport(Library)] internal static partial byte* sequence_parallel_info();
    [LibraryImport(Library)] internal static partial byte* sequence_blas();
}
