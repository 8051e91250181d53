// A tensor handle is the released intrusive pointer itself (c10::TensorImpl*): no object of ours stands between. Null is the undefined tensor.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

namespace sequence {

using TensorHandle = c10::TensorImpl*;

// A second reference to what the handle owns.
inline at::Tensor borrow(TensorHandle handle) {
  if (handle == nullptr) return at::Tensor();
  return at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim_copy(handle));
}

// Gives the reference away to managed code.
inline TensorHandle give(at::Tensor&& tensor) {
  return tensor.defined() ? tensor.unsafeReleaseTensorImpl() : nullptr;
}

inline std::vector<at::Tensor> borrow_all(const TensorHandle* handles, int32_t count) {
  std::vector<at::Tensor> tensors;
  tensors.reserve(count);
  for (int32_t i = 0; i < count; i++) tensors.push_back(borrow(handles[i]));
  return tensors;
}

}  // namespace sequence
