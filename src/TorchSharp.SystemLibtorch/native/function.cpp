// A node of the autograd graph whose backward is managed code.
#include "entry.h"
#include "handle.h"

#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/saved_variable.h>

#include <mutex>
#include <string>
#include <unordered_set>

using namespace sequence;
using torch::autograd::SavedVariable;
using torch::autograd::variable_list;

namespace {

// Reads grad_count borrowed gradients (null: undefined) and writes input_count owned ones (null: none).
// Returns null, or a handle of the exception that it threw.
using Backward = void* (*)(void* context, void* node, const TensorHandle* grads, int32_t grad_count, TensorHandle* results, int32_t input_count);

// Nodes were owned by shared pointers first, and are by intrusive ones since; which, says the class that a node is.
template <class Node>
auto share(Node* node) {
  if constexpr (std::is_base_of_v<c10::intrusive_ptr_target, Node>) {
    return c10::intrusive_ptr<Node>::reclaim_copy(node);
  } else {
    return node->shared_from_this();
  }
}

// Takes over a new node. deleteNode, where there is one, takes a long graph apart without recursion.
template <class Node>
auto own(Node* node) {
  if constexpr (std::is_base_of_v<c10::intrusive_ptr_target, Node>) {
    return c10::intrusive_ptr<Node>::unsafe_steal_from_new(node);
  } else {
    return std::shared_ptr<Node>(node, [](Node* last) { deleteNode(last); });
  }
}

using Owned = decltype(share(static_cast<torch::autograd::Node*>(nullptr)));

class ManagedNode final : public torch::autograd::Node {
 public:
  ManagedNode(std::string name, void* context, Backward backward, ReleaseHandle release, int32_t inputs, bool materialize)
      : name_(std::move(name)), context_(context), backward_(backward), release_(release), inputs_(inputs), materialize_(materialize) {}

  ~ManagedNode() override { release_(context_); }

  std::string name() const override { return name_; }

  variable_list apply(variable_list&& grads) override {
    std::vector<TensorHandle> given(grads.size());
    for (size_t i = 0; i < grads.size(); i++) {
      if (materialize_ && !grads[i].defined() && defined_[i]) grads[i] = input_metadata(i).zeros_like();
      given[i] = grads[i].defined() ? grads[i].unsafeGetTensorImpl() : nullptr;
    }
    std::vector<TensorHandle> results(inputs_);
    void* exception = backward_(context_, this, given.data(), static_cast<int32_t>(given.size()), results.data(), inputs_);
    if (exception != nullptr) throw ManagedError(exception, release_);
    variable_list gradients;
    gradients.reserve(inputs_);
    for (auto* result : results) {
      gradients.push_back(
          result == nullptr ? at::Tensor()
                            : at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(result)));
    }
    return gradients;
  }

  void release_variables() override {
    std::lock_guard<std::mutex> lock(mutex_);
    for (auto& saved : saved_) saved.reset_data();
    released_ = true;
  }

  void save(const variable_list& tensors, const std::vector<bool>& defined) {
    for (const auto& tensor : tensors) saved_.emplace_back(tensor, tensor.defined() && tensor.grad_fn().get() == this);
    defined_ = defined;
  }

  variable_list unpack() {
    std::lock_guard<std::mutex> lock(mutex_);
    TORCH_CHECK(
        !released_,
        "Trying to backward through the graph a second time, but the saved tensors of ", name_,
        " have already been freed: pass retain_graph: true to the first backward");
    variable_list tensors;
    tensors.reserve(saved_.size());
    for (auto& saved : saved_) tensors.push_back(saved.unpack(share<torch::autograd::Node>(this)));
    return tensors;
  }

  int32_t saved_count() const { return static_cast<int32_t>(saved_.size()); }

 private:
  std::string name_;
  void* context_;
  Backward backward_;
  ReleaseHandle release_;
  int32_t inputs_;
  bool materialize_;
  bool released_ = false;
  std::vector<bool> defined_;  // which outputs of the forward are tensors
  std::vector<SavedVariable> saved_;
  std::mutex mutex_;
};

using Outputs = std::vector<c10::optional<at::Tensor>>;
using TensorSet = std::unordered_set<at::TensorImpl*>;

// libtorch's _wrap_outputs has gained parameters over the releases, and an overload; the first of these that can be called is.
template <class Owned, class... More>
auto wrap_with(const variable_list& inputs, const TensorSet& fixed, const TensorSet& dirty, const Outputs& raw, const Owned& node, More&&... more)
    -> decltype(torch::autograd::_wrap_outputs(inputs, fixed, dirty, raw, node, more...)) {
  return torch::autograd::_wrap_outputs(inputs, fixed, dirty, raw, node, more...);
}

template <class... Arguments>
constexpr auto can_wrap_with(int) -> decltype(wrap_with(std::declval<Arguments>()...), bool()) {
  return true;
}

template <class... Arguments>
constexpr bool can_wrap_with(long) {
  return false;
}

template <class Owned>
Outputs wrap_outputs(const variable_list& inputs, const TensorSet& fixed, const TensorSet& dirty, const Outputs& raw, const Owned& node) {
  auto jvp = [](variable_list, variable_list) -> variable_list {
    TORCH_CHECK(false, "custom functions have no forward-mode derivative");
  };
  auto view_as_self = [](at::Tensor tensor) -> at::Tensor { return tensor.view_as(tensor); };
  using Jvp = decltype(jvp)&;
  using View = decltype(view_as_self)&;
  if constexpr (can_wrap_with<const variable_list&, const TensorSet&, const TensorSet&, const Outputs&, const Owned&, Jvp>(0)) {
    return wrap_with(inputs, fixed, dirty, raw, node, jvp);
  } else if constexpr (can_wrap_with<const variable_list&, const TensorSet&, const TensorSet&, const Outputs&, const Owned&, Jvp, const TensorSet&, View>(0)) {
    return wrap_with(inputs, fixed, dirty, raw, node, jvp, TensorSet{}, view_as_self);
  } else if constexpr (can_wrap_with<const variable_list&, const TensorSet&, const TensorSet&, const Outputs&, const Owned&, Jvp, const TensorSet&, View, bool>(0)) {
    return wrap_with(inputs, fixed, dirty, raw, node, jvp, TensorSet{}, view_as_self, false);
  } else {
    Owned attached;
    return wrap_with(inputs, fixed, dirty, raw, node, jvp, TensorSet{}, view_as_self, false, attached);
  }
}

TensorSet implementations(const TensorHandle* handles, int32_t count) { return TensorSet(handles, handles + count); }

}  // namespace

// Puts a node between inputs and the outputs of a forward that ran without gradients. Where gradients are recorded the node
// owns the context until it dies; otherwise the context is released at once.
SEQUENCE_ENTRY int32_t sequence_function_apply(
    const char* name, void* context, Backward backward, ReleaseHandle release, int32_t materialize,
    const TensorHandle* inputs, int32_t input_count, const TensorHandle* outputs, int32_t output_count,
    const TensorHandle* saved, int32_t saved_count, const TensorHandle* dirty, int32_t dirty_count,
    const TensorHandle* fixed, int32_t fixed_count, TensorHandle* results) {
  return guarded([&] {
    std::unique_ptr<void, ReleaseHandle> unowned(context, release);
    auto input_list = borrow_all(inputs, input_count);
    const bool recorded = c10::GradMode::is_enabled() && torch::autograd::any_variable_requires_grad(input_list);
    ManagedNode* node = nullptr;
    Owned owner;
    if (recorded) {
      node = new ManagedNode(name, context, backward, release, input_count, materialize != 0);
      owner = own<torch::autograd::Node>(node);
      (void)unowned.release();
      node->set_next_edges(torch::autograd::collect_next_edges(input_list));
      node->clear_input_metadata();
    }
    const auto dirty_set = implementations(dirty, dirty_count);
    for (auto* handle : dirty_set) handle->bump_version();
    Outputs raw;
    std::vector<bool> defined;
    for (auto& output : borrow_all(outputs, output_count)) {
      defined.push_back(output.defined());
      raw.push_back(output.defined() ? c10::optional<at::Tensor>(output) : c10::optional<at::Tensor>());
    }
    auto wrapped = wrap_outputs(input_list, implementations(fixed, fixed_count), dirty_set, raw, owner);
    if (recorded) {
      // what was saved as an output is saved as the wrapped output, so that its history is this node
      auto saved_list = borrow_all(saved, saved_count);
      for (auto& tensor : saved_list) {
        for (int32_t i = 0; i < output_count; i++) {
          if (tensor.defined() && tensor.unsafeGetTensorImpl() == outputs[i]) tensor = *wrapped[i];
        }
      }
      node->save(saved_list, defined);
    }
    for (int32_t i = 0; i < output_count; i++) results[i] = wrapped[i].has_value() ? give(std::move(*wrapped[i])) : nullptr;
  });
}

SEQUENCE_ENTRY int32_t sequence_function_saved_count(const void* node) { return static_cast<const ManagedNode*>(node)->saved_count(); }

// The tensors that forward saved, after checking that none was changed in place since.
SEQUENCE_ENTRY int32_t sequence_function_saved(void* node, TensorHandle* tensors) {
  return guarded([&] {
    for (auto& tensor : static_cast<ManagedNode*>(node)->unpack()) *tensors++ = give(std::move(tensor));
  });
}
