// What this libtorch is: version, build, threads, and the BLAS that its matrix products run on.
#include "entry.h"

#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <torch/version.h>

#include <dlfcn.h>
#include <link.h>

#include <string>

using namespace sequence;

namespace {

thread_local std::string answer;

template <class Body>
const char* text_of(Body&& body) noexcept {
  return guarded([&] { answer = body(); }) == 0 ? answer.c_str() : "unknown";
}

std::string file_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

int find_blas(struct dl_phdr_info* info, size_t, void* found) {
  auto& paths = *static_cast<std::string(*)[2]>(found);
  const std::string path = info->dlpi_name;
  const auto name = file_name(path);
  if (name.find("openblas") != std::string::npos || name.rfind("libmkl_", 0) == 0 || name.rfind("libblis", 0) == 0) {
    paths[0] = path;
  } else if (name.rfind("libblas", 0) == 0) {
    paths[1] = path;
  }
  return 0;
}

template <class Function>
Function* symbol(void* library, const char* name) {
  return library == nullptr ? nullptr : reinterpret_cast<Function*>(dlsym(library, name));
}

std::string blas() {
  // an optimised library counts before the plain one that may be loaded beside it
  std::string paths[2];
  dl_iterate_phdr(find_blas, &paths);
  std::string path = paths[0].empty() ? paths[1] : paths[0];
  if (path.empty()) return at::show_config().find("USE_MKL=ON") != std::string::npos ? "MKL (linked into libtorch)" : "unknown";
  char resolved[4096];
  if (realpath(path.c_str(), resolved) != nullptr) path = resolved;

  void* library = dlopen(path.c_str(), RTLD_LAZY | RTLD_NOLOAD);
  std::string text;
  if (auto* config = symbol<char*()>(library, "openblas_get_config")) {
    text = config();
    static constexpr const char* kParallel[] = {"sequential", "pthreads", "OpenMP"};
    if (auto* parallel = symbol<int()>(library, "openblas_get_parallel")) {
      const int kind = parallel();
      if (kind >= 0 && kind < 3) text += std::string(", ") + kParallel[kind];
    }
    text += " (" + path + ")";
  } else if (file_name(path).rfind("libmkl_", 0) == 0) {
    text = "MKL (" + path + ")";
  } else {
    text = "unknown (" + path + ")";
  }
  if (library != nullptr) dlclose(library);
  return text;
}

}  // namespace

// The version that this library was compiled against, which is the one that it can load.
SEQUENCE_ENTRY const char* sequence_version() { return TORCH_VERSION; }

SEQUENCE_ENTRY const char* sequence_config() { return text_of([] { return at::show_config(); }); }

SEQUENCE_ENTRY const char* sequence_parallel_info() { return text_of([] { return at::get_parallel_info(); }); }

SEQUENCE_ENTRY const char* sequence_blas() { return text_of(blas); }
