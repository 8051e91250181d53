// The peak of memory, the count of living tensors and the number of threads belong to the process: tests take turns.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
