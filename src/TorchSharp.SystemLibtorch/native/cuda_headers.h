// What of libtorch needs the CUDA toolkit's headers. SEQUENCE_CUDA says that they are there, all of them: probe/cuda_headers.cpp was compiled.
#pragma once

#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAStream.h>
