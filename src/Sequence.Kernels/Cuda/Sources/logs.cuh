// Logarithms in float64, [B, n, H, X, 1], each axis by its own step; as CudaLogs has them.
#pragma once

struct Logs {
  const double* first;
  long long row, chunk, head, next;
};
