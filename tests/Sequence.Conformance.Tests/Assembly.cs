// The count of live tensors is the process's, and so is the random generator.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
