// The tagged value in which arguments come and results go. Interop/Value.cs has the same layout and the same numbers.
#pragma once

#include <cstdint>

namespace sequence {

enum class Tag : int32_t {
  kDefault = 0,  // the schema's default
  kNone = 1,
  kTensor = 2,
  kInt = 3,  // also dtypes, layouts, memory formats
  kDouble = 4,
  kBool = 5,
  kComplex = 6,  // pointer: real, imaginary
  kString = 7,   // pointer: UTF-8, count bytes
  kDevice = 8,   // integer: type in the low half, index in the high half
  kGenerator = 9,
  kIntList = 10,     // pointer: int64_t[count]
  kDoubleList = 11,  // pointer: double[count]
  kTensorList = 12,  // pointer: TensorHandle[count]
};

struct Value {
  Tag tag;
  int32_t count;
  union {
    int64_t integer;
    double number;
    void* pointer;
  };
};

static_assert(sizeof(Value) == 16);

}  // namespace sequence
