// A CUDA device for a libtorch without CUDA, on a machine without a GPU: its memory is the machine's own, and every operator on it is that of the CPU on the same bytes.
// What it keeps from CUDA are the borders: a tensor is on one device, operators refuse those of two, numbers are drawn by the device's own generators, and gradients
// are computed on a thread of the device's. So whatever mixes devices, or counts on its own thread, fails here as it would there.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/Generator.h>
#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/library.h>

#include <set>
#include <string>
#include <vector>

namespace {

const c10::Device gpu(c10::DeviceType::CUDA, 0);

// whether this thread's work is being written down for a graph, which can't wait for the device
thread_local bool capturing = false;

// The same bytes on another device; the storage they belong to lives as long.
c10::Storage on(c10::Device device, const c10::Storage& storage) {
  auto* owner = new c10::Storage(storage);
  c10::DataPtr bytes(storage.data_ptr().get(), owner, [](void* context) { delete static_cast<c10::Storage*>(context); }, device);
  return c10::Storage(c10::Storage::use_byte_size_t(), storage.nbytes(), std::move(bytes), c10::GetCPUAllocator(), /*resizable=*/true);
}

at::Tensor shaped(c10::Storage storage, c10::DispatchKey key, const at::Tensor& like) {
  auto made = at::detail::make_tensor<c10::TensorImpl>(std::move(storage), c10::DispatchKeySet(key), like.dtype());
  made.unsafeGetTensorImpl()->set_storage_offset(like.storage_offset());
  made.unsafeGetTensorImpl()->set_sizes_and_strides(like.sizes(), like.strides());
  return made;
}

// One call of an operator: its tensors as the CPU sees them, and back.
class Call {
 public:
  explicit Call(const c10::OperatorHandle& op) : op_(op), name_(op.schema().operator_name().name) {}

  void run(torch::jit::Stack* stack) {
    const auto count = op_.schema().arguments().size();
    const auto begin = stack->size() - count;
    for (auto at = begin; at < stack->size(); at++) enter((*stack)[at]);
    if (touches_cpu_ && crosses().count(name_) == 0)
      TORCH_CHECK(false, "Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu! (when calling ", name_, ")");
    TORCH_CHECK(!capturing || !(touches_host_ || waits().count(name_)), "CUDA error: operation not permitted when stream is capturing (when calling ", name_, ")");
    {
      at::AutoDispatchBelowADInplaceOrView below;
      op_.callBoxed(stack);
    }
    for (auto& each : tensors_) adopt(each);
    for (auto at = stack->size() - op_.schema().returns().size(); at < stack->size(); at++) leave((*stack)[at]);
  }

 private:
  struct Seen {
    at::Tensor there, here;
    c10::StorageImpl* storage;
    void* bytes;
  };

  // operators that CUDA lets take tensors of both
  static const std::set<std::string>& crosses() {
    static const std::set<std::string> all{"aten::copy_", "aten::index", "aten::index_put_", "aten::_index_put_impl_", "aten::set_"};
    return all;
  }

  // operators whose result the host has to know, or whose size depends on what is computed
  static const std::set<std::string>& waits() {
    static const std::set<std::string> all{"aten::_local_scalar_dense", "aten::equal", "aten::nonzero", "aten::masked_select", "aten::_unique2", "aten::unique_dim",
                                           "aten::unique_consecutive", "aten::repeat_interleave"};
    return all;
  }

  at::Tensor seen(const at::Tensor& there) {
    if (!there.defined()) return there;
    if (!there.is_cuda()) {
      // a number is an argument of the operator, but a copy of one is a copy
      touches_cpu_ = touches_cpu_ || there.dim() > 0;
      touches_host_ = touches_host_ || there.dim() > 0 || name_ == "aten::copy_";
      return there;
    }
    auto here = shaped(on(c10::Device(c10::DeviceType::CPU), there.storage()), c10::DispatchKey::CPU, there);
    tensors_.push_back({there, here, here.storage().unsafeGetStorageImpl(), here.storage().data()});
    return here;
  }

  void enter(c10::IValue& value) {
    if (value.isTensor()) {
      value = seen(value.toTensor());
    } else if (value.isTensorList()) {
      c10::List<at::Tensor> here;
      for (const at::Tensor& each : value.toTensorVector()) here.push_back(seen(each));
      value = here;
    } else if (value.isOptionalTensorList()) {
      c10::List<c10::optional<at::Tensor>> here;
      for (const c10::optional<at::Tensor>& each : value.toOptionalTensorVector())
        here.push_back(each.has_value() ? c10::optional<at::Tensor>(seen(*each)) : c10::nullopt);
      value = here;
    } else if (value.isDevice()) {
      value = c10::Device(c10::DeviceType::CPU);
    } else if (value.isGenerator()) {
      value = inner(value.toGenerator());
    }
  }

  static at::Generator inner(const at::Generator& generator);

  // What an operator gave another size or other memory gets that there too.
  static void adopt(Seen& each) {
    auto* there = each.there.unsafeGetTensorImpl();
    if (each.here.storage().unsafeGetStorageImpl() != each.storage || each.here.storage().data() != each.bytes)
      there->set_storage_keep_dtype(on(gpu, each.here.storage()));
    if (each.there.sizes() != each.here.sizes() || each.there.strides() != each.here.strides() || each.there.storage_offset() != each.here.storage_offset()) {
      there->set_storage_offset(each.here.storage_offset());
      there->set_sizes_and_strides(each.here.sizes(), each.here.strides());
    }
  }

  // The tensor itself where it is one that was given, a view of it where it has its memory, else a new one.
  at::Tensor given(const at::Tensor& here) const {
    if (!here.defined()) return here;
    for (const auto& each : tensors_) {
      if (each.here.is_same(here)) return each.there;
    }
    for (const auto& each : tensors_) {
      if (here.has_storage() && each.here.storage().unsafeGetStorageImpl() == here.storage().unsafeGetStorageImpl())
        return shaped(each.there.storage(), c10::DispatchKey::CUDA, here);
    }
    return shaped(on(gpu, here.storage()), c10::DispatchKey::CUDA, here);
  }

  // a tensor of the CPU's that was written into is given back as it is
  void leave(c10::IValue& value) const {
    if (value.isTensor()) {
      if (!(name_ == "aten::copy_" && tensors_.size() == 1 && !tensors_[0].here.is_same(value.toTensor()))) value = given(value.toTensor());
    } else if (value.isTensorList()) {
      c10::List<at::Tensor> there;
      for (const at::Tensor& each : value.toTensorVector()) there.push_back(given(each));
      value = there;
    }
  }

  const c10::OperatorHandle& op_;
  const std::string name_;
  std::vector<Seen> tensors_;
  bool touches_cpu_ = false, touches_host_ = false;
};

// Draws what the CPU's of the same seed draws.
struct Generator final : c10::GeneratorImpl {
  explicit Generator(at::Generator cpu) : GeneratorImpl(gpu, c10::DispatchKeySet(c10::DispatchKey::CUDA)), cpu(std::move(cpu)) {}

  void set_current_seed(uint64_t seed) override { cpu.set_current_seed(seed); }
  uint64_t current_seed() const override { return cpu.current_seed(); }
  uint64_t seed() override { return cpu.seed(); }
  void set_state(const c10::TensorImpl& state) override { cpu.unsafeGetGeneratorImpl()->set_state(state); }
  c10::intrusive_ptr<c10::TensorImpl> get_state() const override { return cpu.unsafeGetGeneratorImpl()->get_state(); }
  Generator* clone_impl() const override { return new Generator(cpu.clone()); }

  at::Generator cpu;
};

at::Generator Call::inner(const at::Generator& generator) {
  TORCH_CHECK(generator.device().is_cuda(), "Expected a 'cuda' device type for generator but found '", generator.device().type(), "'");
  return static_cast<Generator*>(generator.unsafeGetGeneratorImpl())->cpu;
}

void on_cpu(const c10::OperatorHandle& op, torch::jit::Stack* stack) { Call(op).run(stack); }

at::Tensor pinned(const at::Tensor& self, c10::optional<c10::Device>) { return self.clone(); }

bool is_pinned(const at::Tensor&, c10::optional<c10::Device>) { return false; }

struct Guard final : c10::impl::DeviceGuardImplInterface {
  c10::DeviceType type() const override { return c10::DeviceType::CUDA; }
  c10::Device exchangeDevice(c10::Device) const override { return gpu; }
  c10::Device getDevice() const override { return gpu; }
  void setDevice(c10::Device) const override {}
  void uncheckedSetDevice(c10::Device) const noexcept override {}
  c10::Stream getStream(c10::Device) const noexcept override { return stream(); }
  c10::Stream getDefaultStream(c10::Device) const override { return stream(); }
  c10::Stream getStreamFromGlobalPool(c10::Device, bool) const override { return stream(); }
  c10::Stream exchangeStream(c10::Stream) const noexcept override { return stream(); }
  void record(void**, const c10::Stream&, c10::DeviceIndex, c10::EventFlag) const override {}
  void block(void*, const c10::Stream&) const override {}
  bool queryEvent(void*) const override { return true; }
  c10::DeviceIndex deviceCount() const noexcept override { return 1; }
  bool queryStream(const c10::Stream&) const override { return true; }
  void synchronizeStream(const c10::Stream&) const override {}
  void recordDataPtrOnStream(const c10::DataPtr&, const c10::Stream&) const override {}

 private:
  static c10::Stream stream() { return c10::Stream(c10::Stream::DEFAULT, gpu); }
};

// the registry knows it by this name
struct CUDAHooks final : at::CUDAHooksInterface {
  explicit CUDAHooks(at::CUDAHooksArgs) {}

  void initCUDA() const override {}
  const at::Generator& getDefaultCUDAGenerator(c10::DeviceIndex) const override {
    static const at::Generator generator = at::make_generator<Generator>(at::detail::createCPUGenerator());
    return generator;
  }
  c10::Device getDeviceFromPtr(void*) const override { return gpu; }
  bool hasCUDA() const override { return true; }
  bool hasCUDART() const override { return true; }
  bool hasPrimaryContext(int64_t) const override { return true; }
  int64_t current_device() const override { return 0; }
  c10::Allocator* getPinnedMemoryAllocator() const override { return c10::GetCPUAllocator(); }
  std::string showConfig() const override { return "an emulated device"; }
  int getNumGPUs() const override { return 1; }
  void deviceSynchronize(int64_t) const override {}
};

}  // namespace

// While it is set, this thread's work is refused what a graph can't hold; what it may do, it does at once.
extern "C" __attribute__((visibility("default"))) void emulated_cuda_capture(int on) { capturing = on != 0; }

namespace at {
REGISTER_CUDA_HOOKS(CUDAHooks);
}

C10_REGISTER_GUARD_IMPL(CUDA, Guard);

TORCH_LIBRARY_IMPL(_, CUDA, library) { library.fallback(torch::CppFunction::makeFromBoxedFunction<&on_cpu>()); }

TORCH_LIBRARY_IMPL(aten, CUDA, library) {
  // written for all devices, with code for some
  library.impl("copy_", torch::CppFunction::makeFromBoxedFunction<&on_cpu>());
  library.impl("_pin_memory", &pinned);
  library.impl("is_pinned", &is_pinned);
}
