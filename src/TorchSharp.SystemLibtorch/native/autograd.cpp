// Gradients: leaves, backward, grad, and the modes of the calling thread.
#include "entry.h"
#include "handle.h"

#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/anomaly_mode.h>
#include <torch/csrc/autograd/autograd.h>

using namespace sequence;

SEQUENCE_ENTRY int32_t sequence_requires_grad_set(TensorHandle tensor, int32_t value) {
  return guarded([&] { borrow(tensor).requires_grad_(value != 0); });
}

SEQUENCE_ENTRY int32_t sequence_is_leaf(TensorHandle tensor) {
  return guarded([&] { return borrow(tensor).is_leaf(); });
}

SEQUENCE_ENTRY int32_t sequence_retain_grad(TensorHandle tensor) {
  return guarded([&] { borrow(tensor).retain_grad(); });
}

SEQUENCE_ENTRY int32_t sequence_grad_get(TensorHandle tensor, TensorHandle* grad) {
  return guarded([&] { *grad = give(at::Tensor(borrow(tensor).grad())); });
}

SEQUENCE_ENTRY int32_t sequence_grad_set(TensorHandle tensor, TensorHandle grad) {
  return guarded([&] {
    auto owner = borrow(tensor);
    auto value = borrow(grad);
    if (value.defined()) {
      TORCH_CHECK(value.sizes() == owner.sizes(), "a tensor of shape ", owner.sizes(), " can't have a gradient of shape ", value.sizes());
      TORCH_CHECK(value.scalar_type() == owner.scalar_type(), "a tensor of ", owner.scalar_type(), " can't have a gradient of ", value.scalar_type());
      TORCH_CHECK(value.device() == owner.device(), "a tensor on ", owner.device(), " can't have a gradient on ", value.device());
      TORCH_CHECK(value.unsafeGetTensorImpl() != owner.unsafeGetTensorImpl(), "a tensor can't be its own gradient");
    }
    owner.mutable_grad() = std::move(value);
  });
}

// retain_graph: 0 no, 1 yes, -1 as create_graph says.
SEQUENCE_ENTRY int32_t sequence_backward(
    const TensorHandle* tensors, int32_t count, const TensorHandle* grads, int32_t grad_count, int32_t retain_graph, int32_t create_graph,
    const TensorHandle* inputs, int32_t input_count) {
  return guarded([&] {
    torch::autograd::backward(
        borrow_all(tensors, count), borrow_all(grads, grad_count), retain_graph < 0 ? create_graph != 0 : retain_graph != 0, create_graph != 0,
        borrow_all(inputs, input_count));
  });
}

// Writes one gradient an input; null where an allowed unused input has none.
SEQUENCE_ENTRY int32_t sequence_grad(
    const TensorHandle* outputs, int32_t output_count, const TensorHandle* inputs, int32_t input_count, const TensorHandle* grads,
    int32_t grad_count, int32_t retain_graph, int32_t create_graph, int32_t allow_unused, TensorHandle* results) {
  return guarded([&] {
    auto gradients = torch::autograd::grad(
        borrow_all(outputs, output_count), borrow_all(inputs, input_count), borrow_all(grads, grad_count),
        retain_graph < 0 ? create_graph != 0 : retain_graph != 0, create_graph != 0, allow_unused != 0);
    for (int32_t i = 0; i < input_count; i++) results[i] = give(std::move(gradients[i]));
  });
}

SEQUENCE_ENTRY int32_t sequence_grad_mode_get() { return c10::GradMode::is_enabled(); }

SEQUENCE_ENTRY void sequence_grad_mode_set(int32_t enabled) { c10::GradMode::set_enabled(enabled != 0); }

SEQUENCE_ENTRY int32_t sequence_inference_mode_get() { return c10::InferenceMode::is_enabled(); }

// Enters (or, with 0, leaves) inference mode on the calling thread until the guard is ended there.
SEQUENCE_ENTRY int32_t sequence_inference_mode_begin(int32_t enabled, void** guard) {
  return guarded([&] { *guard = new c10::InferenceMode(enabled != 0); });
}

SEQUENCE_ENTRY int32_t sequence_inference_mode_end(void* guard) {
  return guarded([&] { delete static_cast<c10::InferenceMode*>(guard); });
}

SEQUENCE_ENTRY int32_t sequence_anomaly_get() {
  return (torch::autograd::AnomalyMode::is_enabled() ? 1 : 0) | (torch::autograd::AnomalyMode::should_check_nan() ? 2 : 0);
}

SEQUENCE_ENTRY void sequence_anomaly_set(int32_t enabled, int32_t check_nan) {
  torch::autograd::AnomalyMode::set_enabled(enabled != 0, check_nan != 0);
}
