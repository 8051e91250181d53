// Random number generators. A handle is the released intrusive pointer (c10::GeneratorImpl*).
#include "entry.h"
#include "handle.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/core/Generator.h>

#include <mutex>

using namespace sequence;

namespace {

using GeneratorHandle = c10::GeneratorImpl*;

at::Generator borrow_generator(GeneratorHandle handle) {
  return at::Generator(c10::intrusive_ptr<c10::GeneratorImpl>::reclaim_copy(handle));
}

}  // namespace

SEQUENCE_ENTRY int32_t sequence_generator_default(int32_t device_type, int32_t device_index, GeneratorHandle* generator) {
  return guarded([&] {
    at::Generator found = at::globalContext().defaultGenerator(
        c10::Device(static_cast<c10::DeviceType>(device_type), static_cast<c10::DeviceIndex>(device_index)));
    *generator = found.unsafeReleaseGeneratorImpl();
  });
}

SEQUENCE_ENTRY int32_t sequence_generator_new(uint64_t seed, int32_t device_type, int32_t device_index, GeneratorHandle* generator) {
  return guarded([&] {
    const auto type = static_cast<c10::DeviceType>(device_type);
    if (type == c10::DeviceType::CPU) {
      *generator = at::detail::createCPUGenerator(seed).unsafeReleaseGeneratorImpl();
      return;
    }
    // other devices offer no constructor that is in every build; a copy of the default generator with a seed of its own is the same thing
    auto created = at::globalContext().defaultGenerator(c10::Device(type, static_cast<c10::DeviceIndex>(device_index))).clone();
    created.set_current_seed(seed);
    *generator = created.unsafeReleaseGeneratorImpl();
  });
}

SEQUENCE_ENTRY void sequence_generator_release(GeneratorHandle generator) {
  c10::intrusive_ptr<c10::GeneratorImpl>::reclaim(generator);
}

SEQUENCE_ENTRY int32_t sequence_generator_seed_set(GeneratorHandle handle, uint64_t seed) {
  return guarded([&] {
    auto generator = borrow_generator(handle);
    std::lock_guard<std::mutex> lock(generator.mutex());
    generator.set_current_seed(seed);
  });
}

// A fresh seed from the system's entropy.
SEQUENCE_ENTRY int32_t sequence_generator_seed_fresh(GeneratorHandle handle, uint64_t* seed) {
  return guarded([&] {
    auto generator = borrow_generator(handle);
    std::lock_guard<std::mutex> lock(generator.mutex());
    *seed = generator.seed();
  });
}

SEQUENCE_ENTRY int32_t sequence_generator_seed_get(GeneratorHandle handle, uint64_t* seed) {
  return guarded([&] { *seed = borrow_generator(handle).current_seed(); });
}

SEQUENCE_ENTRY int32_t sequence_generator_state_get(GeneratorHandle handle, TensorHandle* state) {
  return guarded([&] {
    auto generator = borrow_generator(handle);
    std::lock_guard<std::mutex> lock(generator.mutex());
    *state = give(generator.get_state());
  });
}

SEQUENCE_ENTRY int32_t sequence_generator_state_set(GeneratorHandle handle, TensorHandle state) {
  return guarded([&] {
    auto generator = borrow_generator(handle);
    std::lock_guard<std::mutex> lock(generator.mutex());
    generator.set_state(borrow(state));
  });
}

// Seeds the default generators of the CPU and of every CUDA device there is.
SEQUENCE_ENTRY int32_t sequence_manual_seed(uint64_t seed) {
  return guarded([&] { at::manual_seed(seed); });
}
