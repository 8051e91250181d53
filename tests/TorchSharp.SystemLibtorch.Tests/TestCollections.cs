// The count of living tensors and libtorch's generators and thread counts belong to the process: tests take turns.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
