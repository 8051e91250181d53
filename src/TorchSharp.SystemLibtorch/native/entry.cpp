#include "entry.h"

#include <c10/util/Exception.h>

#include <string>

namespace sequence {

namespace {

thread_local std::string error_text;
thread_local std::shared_ptr<void> error_exception;

void record_text(const char* text) noexcept {
  try {
    error_text = text;
  } catch (...) {
    error_text.clear();
  }
}

}  // namespace

int32_t record_failure() noexcept {
  try {
    throw;
  } catch (const ManagedError& error) {
    error_exception = error.exception;
    record_text(error.what());
    return kManaged;
  } catch (const c10::Error& error) {
    record_text(error.what_without_backtrace());
  } catch (const std::exception& error) {
    record_text(error.what());
  } catch (...) {
    record_text("an exception of unknown type");
  }
  return kFailed;
}

}  // namespace sequence

// Text of the calling thread's last failure, valid until its next one.
SEQUENCE_ENTRY const char* sequence_error_text() { return sequence::error_text.c_str(); }

// Handle of the managed exception behind the calling thread's last failure; still owned here.
SEQUENCE_ENTRY void* sequence_error_exception() { return sequence::error_exception.get(); }

SEQUENCE_ENTRY void sequence_error_clear() {
  sequence::error_exception.reset();
  sequence::error_text.clear();
}
