// Tensor metadata and memory: what the dispatcher does not reach.
#include "entry.h"
#include "handle.h"

#include <ATen/Context.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/DefaultDtype.h>

#include <cstring>

using namespace sequence;

namespace {

enum Flags : int32_t {
  kRequiresGrad = 1,
  kContiguous = 2,
  kSparse = 4,
  kConj = 8,
  kNeg = 16,
  kWrappedNumber = 32,
};

// Interop/Description.cs has the same layout.
struct Description {
  int64_t count;
  int64_t storage_offset;
  int32_t dtype;
  int32_t device_type;
  int32_t device_index;
  int32_t rank;
  int32_t element_size;
  int32_t flags;
};

at::TensorOptions options_of(int32_t dtype) { return at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype)); }

}  // namespace

SEQUENCE_ENTRY void sequence_tensor_release(TensorHandle tensor) {
  c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(tensor);
}

// A second handle to the same tensor.
SEQUENCE_ENTRY TensorHandle sequence_tensor_share(TensorHandle tensor) { return give(borrow(tensor)); }

SEQUENCE_ENTRY int32_t sequence_tensor_describe(TensorHandle tensor, Description* description) {
  return guarded([&] {
    const auto device = tensor->device();
    description->count = tensor->numel();
    description->dtype = static_cast<int32_t>(c10::typeMetaToScalarType(tensor->dtype()));
    description->device_type = static_cast<int32_t>(device.type());
    description->device_index = device.index();
    description->rank = static_cast<int32_t>(tensor->dim());
    description->element_size = static_cast<int32_t>(tensor->dtype().itemsize());
    const bool sparse = tensor->layout() != c10::kStrided;
    description->storage_offset = sparse ? 0 : tensor->storage_offset();
    description->flags = (tensor->requires_grad() ? kRequiresGrad : 0) | (!sparse && tensor->is_contiguous() ? kContiguous : 0) |
        (sparse ? kSparse : 0) | (tensor->key_set().has(c10::DispatchKey::Conjugate) ? kConj : 0) |
        (tensor->key_set().has(c10::DispatchKey::Negative) ? kNeg : 0) | (tensor->is_wrapped_number() ? kWrappedNumber : 0);
  });
}

// Returns the rank; the pointer is into the tensor and is good until its shape changes.
SEQUENCE_ENTRY int32_t sequence_tensor_sizes(TensorHandle tensor, const int64_t** sizes) {
  return guarded([&] {
    const auto list = tensor->sizes();
    *sizes = list.data();
    return list.size();
  });
}

SEQUENCE_ENTRY int32_t sequence_tensor_strides(TensorHandle tensor, const int64_t** strides) {
  return guarded([&] {
    const auto list = tensor->strides();
    *strides = list.data();
    return list.size();
  });
}

SEQUENCE_ENTRY int32_t sequence_tensor_data(TensorHandle tensor, void** data) {
  return guarded([&] { *data = borrow(tensor).data_ptr(); });
}

SEQUENCE_ENTRY int32_t sequence_tensor_storage(TensorHandle tensor, void** data, int64_t* bytes) {
  return guarded([&] {
    const auto& storage = tensor->storage();
    *data = const_cast<void*>(static_cast<const void*>(storage.data()));
    *bytes = static_cast<int64_t>(storage.nbytes());
  });
}

SEQUENCE_ENTRY int32_t sequence_tensor_is_pinned(TensorHandle tensor) {
  return guarded([&] { return borrow(tensor).is_pinned(); });
}

// A CPU tensor with a copy of the memory.
SEQUENCE_ENTRY int32_t sequence_tensor_copy_of(
    const void* data, int64_t bytes, const int64_t* sizes, int32_t rank, int32_t dtype, TensorHandle* created) {
  return guarded([&] {
    auto tensor = at::empty(at::IntArrayRef(sizes, rank), options_of(dtype));
    TORCH_CHECK(
        static_cast<int64_t>(tensor.nbytes()) == bytes, "a tensor of shape ", tensor.sizes(), " takes ", tensor.nbytes(), " bytes, but ", bytes,
        " were given");
    if (bytes != 0) std::memcpy(tensor.data_ptr(), data, static_cast<size_t>(bytes));
    *created = give(std::move(tensor));
  });
}

// A CPU tensor over memory that someone else owns; release(context) is called when the last reference to it is gone.
SEQUENCE_ENTRY int32_t sequence_tensor_over(
    void* data, const int64_t* sizes, int32_t rank, int32_t dtype, void (*release)(void*), void* context, TensorHandle* created) {
  return guarded([&] {
    *created = give(at::from_blob(data, at::IntArrayRef(sizes, rank), [release, context](void*) { release(context); }, options_of(dtype)));
  });
}

SEQUENCE_ENTRY int32_t sequence_default_dtype_set(int32_t dtype) {
  return guarded([&] { c10::set_default_dtype(c10::scalarTypeToTypeMeta(static_cast<at::ScalarType>(dtype))); });
}
