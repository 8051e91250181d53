# Finds a libtorch without its own CMake package (a distribution's asks for more than it needs) and says what it is:
#   LIBTORCH_INCLUDE, LIBTORCH_LIB, LIBTORCH_LIBRARIES, LIBTORCH_DEFINITIONS, LIBTORCH_VERSION, LIBTORCH_CXX_STANDARD
# Writes libtorch.txt (version, then version.h) into the build folder for whoever asks what was built against.

set(LIBTORCH "$ENV{LIBTORCH}" CACHE PATH "Folder of a libtorch: include/ and lib/ stand in it")

function(libtorch_in root result)
  set(${result} FALSE PARENT_SCOPE)
  if(NOT EXISTS "${root}/include/torch/csrc/api/include/torch/version.h")
    return()
  endif()
  find_library(found_torch_cpu NAMES torch_cpu
    PATHS "${root}/lib" "${root}/lib/${CMAKE_LIBRARY_ARCHITECTURE}" "${root}/lib64" NO_DEFAULT_PATH NO_CACHE)
  if(found_torch_cpu)
    get_filename_component(folder "${found_torch_cpu}" DIRECTORY)
    set(LIBTORCH_ROOT "${root}" PARENT_SCOPE)
    set(LIBTORCH_LIB "${folder}" PARENT_SCOPE)
    set(${result} TRUE PARENT_SCOPE)
  endif()
endfunction()

set(found FALSE)
if(LIBTORCH)
  libtorch_in("${LIBTORCH}" found)
  if(NOT found)
    message(FATAL_ERROR "LIBTORCH_WRONG: ${LIBTORCH} holds no libtorch (include/torch/csrc/api/include/torch/version.h and lib/libtorch_cpu)")
  endif()
else()
  foreach(root /usr /usr/local /opt/libtorch)
    if(NOT found)
      libtorch_in("${root}" found)
    endif()
  endforeach()
  if(NOT found)
    find_program(python NAMES python3 NO_CACHE)
    if(python)
      execute_process(
        COMMAND "${python}" -c "import importlib.util as u; s = u.find_spec('torch'); print(s.submodule_search_locations[0] if s else '')"
        OUTPUT_VARIABLE root OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
      if(root)
        libtorch_in("${root}" found)
      endif()
    endif()
  endif()
  if(NOT found)
    message(FATAL_ERROR "LIBTORCH_MISSING")
  endif()
endif()

set(LIBTORCH_INCLUDE "${LIBTORCH_ROOT}/include" "${LIBTORCH_ROOT}/include/torch/csrc/api/include")

set(version_header "${LIBTORCH_ROOT}/include/torch/csrc/api/include/torch/version.h")
file(READ "${version_header}" version_text)
if(version_text MATCHES "define TORCH_VERSION_MAJOR ([0-9]+)")
  set(major ${CMAKE_MATCH_1})
else()
  # since 2.9 the numbers stand in a header without torch's own types
  set(version_header "${LIBTORCH_ROOT}/include/torch/headeronly/version.h")
  file(READ "${version_header}" version_text)
  string(REGEX MATCH "define TORCH_VERSION_MAJOR ([0-9]+)" _ "${version_text}")
  set(major ${CMAKE_MATCH_1})
endif()
string(REGEX MATCH "define TORCH_VERSION_MINOR ([0-9]+)" _ "${version_text}")
set(minor ${CMAKE_MATCH_1})
string(REGEX MATCH "define TORCH_VERSION_PATCH ([0-9]+)" _ "${version_text}")
set(LIBTORCH_VERSION "${major}.${minor}.${CMAKE_MATCH_1}")

# headers of recent releases are written in C++20
if(LIBTORCH_VERSION VERSION_GREATER_EQUAL 2.10)
  set(LIBTORCH_CXX_STANDARD 20)
else()
  set(LIBTORCH_CXX_STANDARD 17)
endif()

# the string layout must be the one that libtorch was compiled with
set(LIBTORCH_DEFINITIONS _GLIBCXX_USE_CXX11_ABI=1)
set(config "${LIBTORCH_ROOT}/share/cmake/Torch/TorchConfig.cmake")
if(EXISTS "${config}")
  file(READ "${config}" config_text)
  if(config_text MATCHES "_GLIBCXX_USE_CXX11_ABI=0")
    set(LIBTORCH_DEFINITIONS _GLIBCXX_USE_CXX11_ABI=0)
  endif()
endif()

foreach(library torch torch_cpu c10)
  find_library(${library}_path NAMES ${library} PATHS "${LIBTORCH_LIB}" NO_DEFAULT_PATH NO_CACHE REQUIRED)
  list(APPEND LIBTORCH_LIBRARIES "${${library}_path}")
endforeach()

# CUDA: link it whenever this libtorch has it; streams (and, before 2.10, memory statistics) also need the toolkit's headers, all of them
find_library(torch_cuda_path NAMES torch_cuda PATHS "${LIBTORCH_LIB}" NO_DEFAULT_PATH NO_CACHE)
find_library(c10_cuda_path NAMES c10_cuda PATHS "${LIBTORCH_LIB}" NO_DEFAULT_PATH NO_CACHE)
if(torch_cuda_path AND c10_cuda_path)
  list(APPEND LIBTORCH_LIBRARIES "${torch_cuda_path}" "${c10_cuda_path}")
  file(GLOB wheel_headers "${LIBTORCH_ROOT}/../nvidia/*/include")
  find_path(cuda_headers NAMES cuda_runtime_api.h
    PATHS $ENV{CUDA_HOME}/include $ENV{CUDA_PATH}/include /usr/local/cuda/include ${wheel_headers} NO_CACHE)
  if(cuda_headers)
    set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
    list(TRANSFORM LIBTORCH_DEFINITIONS PREPEND -D OUTPUT_VARIABLE definitions)
    try_compile(cuda_headers_whole "${CMAKE_BINARY_DIR}/probe" "${CMAKE_CURRENT_LIST_DIR}/probe/cuda_headers.cpp"
      CMAKE_FLAGS "-DINCLUDE_DIRECTORIES=${LIBTORCH_INCLUDE};${cuda_headers}"
      COMPILE_DEFINITIONS ${definitions}
      CXX_STANDARD ${LIBTORCH_CXX_STANDARD} CXX_STANDARD_REQUIRED ON
      OUTPUT_VARIABLE cuda_headers_output)
    if(cuda_headers_whole)
      list(APPEND LIBTORCH_INCLUDE "${cuda_headers}")
      list(APPEND LIBTORCH_DEFINITIONS SEQUENCE_CUDA)
    else()
      message(STATUS "the CUDA headers in ${cuda_headers} are not whole; doing without:\n${cuda_headers_output}")
    endif()
  endif()
endif()

file(WRITE "${CMAKE_BINARY_DIR}/libtorch.txt" "${LIBTORCH_VERSION}\n${version_header}\n")
message(STATUS "libtorch ${LIBTORCH_VERSION} in ${LIBTORCH_LIB}")
