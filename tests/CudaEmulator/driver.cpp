// The part of CUDA's driver and of NVRTC that kernels are compiled and launched by, for a machine without a GPU: device.h says how they run. Memory of the
// "device" is the machine's own, and a launch returns when it has ended.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#define ENTRY extern "C" __attribute__((visibility("default")))

namespace {

struct dim3 {
  unsigned x, y, z;
};

using Launch = void (*)(dim3, dim3, unsigned, void**);

struct Program {
  std::string source;
  std::map<std::string, std::string> headers;
  std::string log, image;
};

// In front of an image: a module is loaded from an address alone.
struct Header {
  char magic[8];
  uint64_t bytes;
};
constexpr char magic[8] = {'E', 'M', 'U', 'L', 'A', 'T', 'E', 'D'};

struct Module {
  void* library;
};

std::string temporary_folder() {
  std::string pattern = "/tmp/sequence-emulator-XXXXXX";
  if (!mkdtemp(pattern.data())) return "";
  return pattern;
}

void write(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

std::string read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

// Floating-point contraction as a GPU's compiler has it: a product and a sum are one operation. No symbol is one for all programs, else those of two element types would have
// the shared memory of a template between them; and a kernel is its own, whatever a library of the machine calls the same (the C library has a `step`).
constexpr char compiler[] = "g++ -std=c++17 -O1 -g1 -mfma -ffp-contract=fast -fno-strict-aliasing -fno-gnu-unique -fPIC -pthread -w -U_FORTIFY_SOURCE";
constexpr char linker[] = " -Wl,-Bsymbolic -shared";

std::string own_folder() {
  Dl_info here;
  dladdr(reinterpret_cast<void*>(&own_folder), &here);
  const std::string path = here.dli_fname;
  return path.substr(0, path.rfind('/'));
}

// device.h, which is most of what the compiler reads and the same for all programs, read once for all of them: kept by what it says. Where that fails, it is read every time.
const std::string& header() {
  static const std::string kept = [] {
    const std::string own = own_folder() + "/device.h", quoted = "'" + own + "'";
    const char* temporary = std::getenv("TMPDIR");
    const std::string folder = std::string(temporary == nullptr ? "/tmp" : temporary) + "/sequence-emulated-gpu/" + std::to_string(std::hash<std::string>()(compiler + read(own)));
    const std::string there = folder + "/device.h", partial = "'" + there + "." + std::to_string(getpid()) + "'";
    if (access((there + ".gch").c_str(), R_OK) == 0) return there;
    const std::string command = "mkdir -p '" + folder + "' && LD_PRELOAD= " + compiler + " -x c++-header " + quoted + " -o " + partial + " && cp " + quoted + " '" + there + "' && mv " + partial +
                                " '" + there + ".gch'";
    return std::system(("(" + command + ") 2>/dev/null").c_str()) == 0 ? there : own;
  }();
  return kept;
}

}  // namespace

// ---- NVRTC

// Of what it puts in front of kernels, and of how: what was compiled with another device.h or otherwise is not taken for the same.
ENTRY int nvrtcVersion(int* major, int* minor) {
  *major = 0;
  *minor = static_cast<int>(std::hash<std::string>()(std::string(compiler) + linker + read(own_folder() + "/device.h")) & 0x7FFFFFFF);
  return 0;
}

ENTRY const char* nvrtcGetErrorString(int result) { return result == 0 ? "NVRTC_SUCCESS" : result == 6 ? "NVRTC_ERROR_COMPILATION" : "NVRTC_ERROR_INTERNAL_ERROR"; }

ENTRY int nvrtcGetNumSupportedArchs(int* count) { return *count = 1, 0; }
ENTRY int nvrtcGetSupportedArchs(int* archs) { return archs[0] = 90, 0; }

ENTRY int nvrtcCreateProgram(Program** program, const char* source, const char*, int headers, const char** texts, const char** names) {
  *program = new Program{source, {}, {}, {}};
  for (int i = 0; i < headers; i++) (*program)->headers[names[i]] = texts[i];
  return 0;
}

ENTRY int nvrtcCompileProgram(Program* program, int count, const char** options) {
  const std::string folder = temporary_folder();
  if (folder.empty()) return 11;
  for (const auto& [name, text] : program->headers) write(folder + "/" + name, text);
  std::string source = program->source;
  const std::regex kernel(R"(__global__\s+void\s+(?:__launch_bounds__\([^)]*\)\s*)?(\w+)\s*\()");
  for (auto found = std::sregex_iterator(program->source.begin(), program->source.end(), kernel); found != std::sregex_iterator(); ++found)
    source += "\nEMULATED_KERNEL(" + (*found)[1].str() + ")";
  write(folder + "/kernel.cpp", source + "\n");
  std::string command = std::string("LD_PRELOAD= ") + compiler + linker + " -include '" + header() + "' -I'" + folder + "'";
  for (int i = 0; i < count; i++)
    if (std::strncmp(options[i], "-D", 2) == 0) command += " '" + std::string(options[i]) + "'";
  command += " '" + folder + "/kernel.cpp' -o '" + folder + "/kernel.so' 2>'" + folder + "/log'";
  const int status = std::system(command.c_str());
  program->log = read(folder + "/log");
  if (status == 0) {
    const std::string library = read(folder + "/kernel.so");
    Header header;
    std::memcpy(header.magic, magic, sizeof(magic));
    header.bytes = library.size();
    program->image.assign(reinterpret_cast<char*>(&header), sizeof(header));
    program->image += library;
  }
  std::system(("rm -rf '" + folder + "'").c_str());
  return status == 0 ? 0 : 6;
}

ENTRY int nvrtcGetProgramLogSize(Program* program, size_t* bytes) { return *bytes = program->log.size() + 1, 0; }
ENTRY int nvrtcGetProgramLog(Program* program, char* log) { return std::memcpy(log, program->log.c_str(), program->log.size() + 1), 0; }
ENTRY int nvrtcGetCUBINSize(Program* program, size_t* bytes) { return *bytes = program->image.size(), 0; }
ENTRY int nvrtcGetCUBIN(Program* program, char* image) { return std::memcpy(image, program->image.data(), program->image.size()), 0; }
ENTRY int nvrtcGetPTXSize(Program* program, size_t* bytes) { return nvrtcGetCUBINSize(program, bytes); }
ENTRY int nvrtcGetPTX(Program* program, char* image) { return nvrtcGetCUBIN(program, image); }
ENTRY int nvrtcDestroyProgram(Program** program) { return delete *program, *program = nullptr, 0; }

// ---- the driver

ENTRY int cuInit(unsigned) { return 0; }
ENTRY int cuDeviceGet(int* device, int index) { return *device = index, 0; }

ENTRY int cuDeviceGetAttribute(int* value, int attribute, int) {
  constexpr int major = 75, minor = 76, processors = 16;
  *value = attribute == major ? 9 : attribute == minor ? 0 : attribute == processors ? 2 : 0;
  return 0;
}

ENTRY int cuDevicePrimaryCtxRetain(void** context, int device) { return *context = reinterpret_cast<void*>(static_cast<intptr_t>(device + 1)), 0; }
ENTRY int cuCtxPushCurrent_v2(void*) { return 0; }
ENTRY int cuCtxPopCurrent_v2(void** context) { return *context = nullptr, 0; }

ENTRY int cuGetErrorName(int result, const char** name) { return *name = result == 500 ? "CUDA_ERROR_NOT_FOUND" : "CUDA_ERROR_INVALID_IMAGE", 0; }
ENTRY int cuGetErrorString(int result, const char** text) { return *text = result == 500 ? "named symbol not found" : "device kernel image is invalid", 0; }

ENTRY int cuModuleLoadData(Module** module, const void* image) {
  Header header;
  std::memcpy(&header, image, sizeof(header));
  if (std::memcmp(header.magic, magic, sizeof(magic)) != 0) return 200;
  const std::string folder = temporary_folder(), path = folder + "/kernel.so";
  write(path, std::string(static_cast<const char*>(image) + sizeof(header), header.bytes));
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) std::fprintf(stderr, "CUDA emulator: %s\n", dlerror());
  unlink(path.c_str());
  rmdir(folder.c_str());
  if (!library) return 200;
  *module = new Module{library};
  return 0;
}

ENTRY int cuModuleGetFunction(Launch* function, Module* module, const char* name) {
  *function = reinterpret_cast<Launch>(dlsym(module->library, (std::string("emulated_") + name).c_str()));
  return *function ? 0 : 500;
}

ENTRY int cuFuncSetAttribute(Launch, int, int) { return 0; }

ENTRY int cuLaunchKernel(Launch function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned shared, void*, void** arguments, void**) {
  if (gx == 0 || gy == 0 || gz == 0 || bx * by * bz == 0 || bx * by * bz > 1024) return 1;
  function({gx, gy, gz}, {bx, by, bz}, shared, arguments);
  return 0;
}
