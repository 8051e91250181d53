// Some tests set environment variables, which belong to the whole process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
