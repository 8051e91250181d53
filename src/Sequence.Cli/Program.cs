using System.CommandLine;
using Sequence.Cli;
using Sequence.Cli.Commands;

return CommandLine.Invoke(args, new RootCommand("Trains, compares and runs sequence models that come from plugins.")
{
    TrainCommand.Create(),
    CompareCommand.Create(),
    BenchCommand.Create(),
    GenerateCommand.Create(),
    VerifyCommand.Create(),
    PluginsCommand.Create(),
    TasksCommand.Create(),
    OperatorsCommand.Create(),
    PoliciesCommand.Create(),
    KernelsCommand.Create(),
});
