namespace Rewt.Tests.BadInput;

/// <summary>Represents the collection of tests that measure the memory, events or processor time of the process. They do not run in parallel with others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class WholeProcess
{
    public const string Name = "The whole process";
}
