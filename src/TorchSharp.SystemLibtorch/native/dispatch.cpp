// One boxed way into the whole ATen operator set.
#include "entry.h"
#include "handle.h"
#include "value.h"

#include <ATen/ScalarOps.h>
#include <ATen/core/Generator.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>
#include <ATen/core/jit_type.h>

#include <algorithm>
#include <string>
#include <vector>

namespace sequence {

namespace {

enum class Kind : uint8_t {
  kTensor, kInt, kFloat, kScalar, kBool, kString, kDevice, kGenerator,
  kTensorList, kOptionalTensorList, kIntList, kFloatList, kScalarList, kBoolList,
  kOther,
};

// One argument of a schema, read once when the operator is found.
struct Slot {
  std::string name;
  std::string type;
  Kind kind = Kind::kOther;
  bool optional = false;
  bool defaulted = false;
  int32_t expanded = 0;  // int[2]: a single int stands for two
  c10::IValue fallback;
};

struct Operator {
  c10::OperatorHandle handle;
  std::vector<Slot> slots;
  std::string schema;
};

Kind kind_of(const c10::TypePtr& type) {
  switch (type->kind()) {
    case c10::TypeKind::TensorType: return Kind::kTensor;
    case c10::TypeKind::IntType: return Kind::kInt;
    case c10::TypeKind::FloatType: return Kind::kFloat;
    case c10::TypeKind::NumberType: return Kind::kScalar;
    case c10::TypeKind::BoolType: return Kind::kBool;
    case c10::TypeKind::StringType: return Kind::kString;
    case c10::TypeKind::DeviceObjType: return Kind::kDevice;
    case c10::TypeKind::GeneratorType: return Kind::kGenerator;
    case c10::TypeKind::ListType: {
      auto element = type->containedType(0);
      if (auto inner = element->cast<c10::OptionalType>()) {
        return kind_of(inner->getElementType()) == Kind::kTensor ? Kind::kOptionalTensorList : Kind::kOther;
      }
      switch (kind_of(element)) {
        case Kind::kTensor: return Kind::kTensorList;
        case Kind::kInt: return Kind::kIntList;
        case Kind::kFloat: return Kind::kFloatList;
        case Kind::kScalar: return Kind::kScalarList;
        case Kind::kBool: return Kind::kBoolList;
        default: return Kind::kOther;
      }
    }
    default: break;
  }
  const auto name = type->str();
  if (name == "SymInt") return Kind::kInt;
  if (name == "SymFloat") return Kind::kFloat;
  if (name == "SymBool") return Kind::kBool;
  return Kind::kOther;
}

Slot slot_of(const c10::Argument& argument) {
  Slot slot;
  slot.name = argument.name();
  slot.type = argument.type()->str();
  auto type = argument.type();
  if (auto optional = type->cast<c10::OptionalType>()) {
    slot.optional = true;
    type = optional->getElementType();
  }
  slot.kind = kind_of(type);
  slot.expanded = argument.N().has_value() ? *argument.N() : 0;
  if (argument.default_value().has_value()) {
    slot.defaulted = true;
    slot.fallback = *argument.default_value();
  }
  return slot;
}

[[noreturn]] void reject(const Slot& slot, const char* given) {
  TORCH_CHECK(false, "argument '", slot.name, "' is ", slot.type, ", but ", given, " was given");
}

c10::IValue from_int(int64_t value, const Slot& slot) {
  switch (slot.kind) {
    case Kind::kInt:
    case Kind::kScalar: return c10::IValue(value);
    case Kind::kFloat: return c10::IValue(static_cast<double>(value));
    case Kind::kTensor: {
      auto scalar = c10::scalar_to_tensor(value);
      scalar.unsafeGetTensorImpl()->set_wrapped_number(true);
      return c10::IValue(std::move(scalar));
    }
    case Kind::kIntList:
      if (slot.expanded <= 1) return c10::IValue(at::IntArrayRef(value));
      return c10::IValue(std::vector<int64_t>(slot.expanded, value));
    case Kind::kFloatList: return c10::IValue(std::vector<double>(std::max(slot.expanded, 1), static_cast<double>(value)));
    default: reject(slot, "an integer");
  }
}

c10::IValue from_double(double value, const Slot& slot) {
  switch (slot.kind) {
    case Kind::kFloat:
    case Kind::kScalar: return c10::IValue(value);
    case Kind::kTensor: {
      auto scalar = c10::scalar_to_tensor(value);
      scalar.unsafeGetTensorImpl()->set_wrapped_number(true);
      return c10::IValue(std::move(scalar));
    }
    case Kind::kFloatList: return c10::IValue(std::vector<double>(std::max(slot.expanded, 1), value));
    default: reject(slot, "a floating-point number");
  }
}

c10::IValue from_bool(bool value, const Slot& slot) {
  switch (slot.kind) {
    case Kind::kBool:
    case Kind::kScalar: return c10::IValue(value);
    case Kind::kTensor: return c10::IValue(c10::scalar_to_tensor(value));
    default: reject(slot, "a bool");
  }
}

c10::IValue from_complex(const double* parts, const Slot& slot) {
  const c10::complex<double> value(parts[0], parts[1]);
  switch (slot.kind) {
    case Kind::kScalar: return c10::IValue(value);
    case Kind::kTensor: return c10::IValue(c10::scalar_to_tensor(value));
    default: reject(slot, "a complex number");
  }
}

template <class Number>
c10::IValue from_numbers(const Number* numbers, int32_t count, const Slot& slot) {
  switch (slot.kind) {
    case Kind::kIntList:
      if constexpr (std::is_integral_v<Number>) return c10::IValue(at::IntArrayRef(numbers, count));
      break;
    case Kind::kFloatList: return c10::IValue(std::vector<double>(numbers, numbers + count));
    case Kind::kBoolList:
      if constexpr (std::is_integral_v<Number>) {
        c10::List<bool> list;
        list.reserve(count);
        for (int32_t i = 0; i < count; i++) list.push_back(numbers[i] != 0);
        return c10::IValue(std::move(list));
      }
      break;
    case Kind::kScalarList: {
      c10::impl::GenericList list(c10::NumberType::get());
      list.reserve(count);
      for (int32_t i = 0; i < count; i++) list.push_back(c10::IValue(numbers[i]));
      return c10::IValue(std::move(list));
    }
    default: break;
  }
  reject(slot, std::is_integral_v<Number> ? "a list of integers" : "a list of floating-point numbers");
}

c10::IValue from_tensors(const TensorHandle* handles, int32_t count, const Slot& slot) {
  if (slot.kind == Kind::kTensorList) {
    c10::List<at::Tensor> list;
    list.reserve(count);
    for (int32_t i = 0; i < count; i++) list.push_back(borrow(handles[i]));
    return c10::IValue(std::move(list));
  }
  if (slot.kind == Kind::kOptionalTensorList) {
    c10::List<c10::optional<at::Tensor>> list;
    list.reserve(count);
    for (int32_t i = 0; i < count; i++) {
      list.push_back(handles[i] == nullptr ? c10::optional<at::Tensor>() : c10::optional<at::Tensor>(borrow(handles[i])));
    }
    return c10::IValue(std::move(list));
  }
  reject(slot, "a list of tensors");
}

c10::IValue to_ivalue(const Value& value, const Slot& slot) {
  switch (value.tag) {
    case Tag::kTensor:
      if (slot.kind != Kind::kTensor) reject(slot, "a tensor");
      return c10::IValue(borrow(static_cast<TensorHandle>(value.pointer)));
    case Tag::kInt: return from_int(value.integer, slot);
    case Tag::kDouble: return from_double(value.number, slot);
    case Tag::kBool: return from_bool(value.integer != 0, slot);
    case Tag::kDefault:
      if (slot.defaulted) return slot.fallback;
      if (slot.optional) return c10::IValue();
      TORCH_CHECK(false, "argument '", slot.name, "' of type ", slot.type, " is missing and has no default");
    case Tag::kNone:
      if (!slot.optional && slot.kind != Kind::kTensor) reject(slot, "nothing (null)");
      TORCH_CHECK(slot.optional, "argument '", slot.name, "' is a tensor, but nothing (null) was given");
      return c10::IValue();
    case Tag::kIntList: return from_numbers(static_cast<const int64_t*>(value.pointer), value.count, slot);
    case Tag::kDoubleList: return from_numbers(static_cast<const double*>(value.pointer), value.count, slot);
    case Tag::kTensorList: return from_tensors(static_cast<const TensorHandle*>(value.pointer), value.count, slot);
    case Tag::kComplex: return from_complex(static_cast<const double*>(value.pointer), slot);
    case Tag::kString:
      if (slot.kind != Kind::kString) reject(slot, "a string");
      return c10::IValue(std::string(static_cast<const char*>(value.pointer), value.count));
    case Tag::kDevice:
      if (slot.kind != Kind::kDevice) reject(slot, "a device");
      return c10::IValue(c10::Device(
          static_cast<c10::DeviceType>(static_cast<int32_t>(value.integer)), static_cast<c10::DeviceIndex>(value.integer >> 32)));
    case Tag::kGenerator:
      if (slot.kind != Kind::kGenerator) reject(slot, "a generator");
      return c10::IValue(at::Generator(
          c10::intrusive_ptr<c10::GeneratorImpl>::reclaim_copy(static_cast<c10::GeneratorImpl*>(value.pointer))));
  }
  reject(slot, "a value of unknown kind");
}

// Lists of results stay here until the thread's next call.
thread_local std::vector<TensorHandle> result_tensors;
thread_local std::vector<int64_t> result_ints;
thread_local double result_complex[2];

Value to_value(c10::IValue&& result) {
  Value value{};
  if (result.isTensor()) {
    value.tag = Tag::kTensor;
    value.pointer = give(std::move(result).toTensor());
  } else if (result.isInt()) {
    value.tag = Tag::kInt;
    value.integer = result.toInt();
  } else if (result.isDouble()) {
    value.tag = Tag::kDouble;
    value.number = result.toDouble();
  } else if (result.isBool()) {
    value.tag = Tag::kBool;
    value.integer = result.toBool();
  } else if (result.isNone()) {
    value.tag = Tag::kNone;
  } else if (result.isTensorList()) {
    auto list = std::move(result).toTensorVector();
    result_tensors.clear();
    result_tensors.reserve(list.size());
    for (auto& tensor : list) result_tensors.push_back(give(std::move(tensor)));
    value.tag = Tag::kTensorList;
    value.count = static_cast<int32_t>(result_tensors.size());
    value.pointer = result_tensors.data();
  } else if (result.isIntList()) {
    result_ints = result.toIntVector();
    value.tag = Tag::kIntList;
    value.count = static_cast<int32_t>(result_ints.size());
    value.pointer = result_ints.data();
  } else if (result.isComplexDouble()) {
    const auto number = result.toComplexDouble();
    result_complex[0] = number.real();
    result_complex[1] = number.imag();
    value.tag = Tag::kComplex;
    value.pointer = result_complex;
  } else if (result.isScalar()) {
    return to_value(c10::IValue(result.toScalar()));
  } else {
    TORCH_CHECK(false, "results of type ", result.tagKind(), " are not supported");
  }
  return value;
}

// A call's stack, taken from the thread's spare one so that its memory is used again; calls may nest (a backward calls operators).
class CallStack {
 public:
  CallStack() { stack_.swap(spare()); }
  ~CallStack() {
    stack_.clear();
    stack_.swap(spare());
  }
  CallStack(const CallStack&) = delete;
  CallStack& operator=(const CallStack&) = delete;
  std::vector<c10::IValue>& operator*() { return stack_; }

 private:
  static std::vector<c10::IValue>& spare() {
    static thread_local std::vector<c10::IValue> spare;
    return spare;
  }
  std::vector<c10::IValue> stack_;
};

std::string overloads_of(const std::string& name) {
  std::vector<std::string> found;
  for (const auto& candidate : c10::Dispatcher::singleton().getAllOpNames()) {
    if (candidate.name == name) found.push_back(candidate.overload_name.empty() ? "(no overload name)" : candidate.overload_name);
  }
  if (found.empty()) return "there is no operator of that name";
  std::sort(found.begin(), found.end());
  std::string text = "its overloads are";
  for (size_t i = 0; i < found.size(); i++) text += (i == 0 ? " " : ", ") + found[i];
  return text;
}

}  // namespace

}  // namespace sequence

using namespace sequence;

// Finds an operator once for the life of the process.
SEQUENCE_ENTRY int32_t sequence_operator_find(const char* name, const char* overload, void** found) {
  return guarded([&] {
    auto handle = c10::Dispatcher::singleton().findSchema({name, overload});
    TORCH_CHECK(handle.has_value(), "libtorch has no operator ", name, *overload == '\0' ? "" : ".", overload, "; ", overloads_of(name));
    auto* op = new Operator{*handle, {}, {}};
    const auto& schema = handle->schema();
    for (const auto& argument : schema.arguments()) op->slots.push_back(slot_of(argument));
    op->schema = c10::toString(schema);
    *found = op;
  });
}

SEQUENCE_ENTRY const char* sequence_operator_schema(const void* op) { return static_cast<const Operator*>(op)->schema.c_str(); }

// Calls an operator; arguments not given are the schema's defaults. Writes at most capacity results and returns how many
// the operator has; with capacity 0 results are dropped.
SEQUENCE_ENTRY int32_t sequence_operator_call(const void* called, const Value* arguments, int32_t count, Value* results, int32_t capacity) {
  return guarded([&]() -> int32_t {
    const auto& op = *static_cast<const Operator*>(called);
    TORCH_CHECK(static_cast<size_t>(count) <= op.slots.size(), "takes ", op.slots.size(), " arguments, but ", count, " were given: ", op.schema);
    static const Value absent{};
    CallStack lease;
    auto& stack = *lease;
    stack.reserve(op.slots.size());
    for (size_t i = 0; i < op.slots.size(); i++) {
      stack.push_back(to_ivalue(i < static_cast<size_t>(count) ? arguments[i] : absent, op.slots[i]));
    }
    op.handle.callBoxed(&stack);
    const auto returned = static_cast<int32_t>(stack.size());
    for (int32_t i = 0; i < std::min(returned, capacity); i++) results[i] = to_value(std::move(stack[i]));
    return returned;
  });
}
