using System.CommandLine;
using System.CommandLine.Invocation;
using Rewt.Samples.Demo;

var arguments = DemoCommand.Create().Parse(args);
if (arguments.Action is ParseErrorAction error) error.ShowHelp = false;

// Longer than it takes to end the services, or Ctrl+C would leave that to the system.
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(15) };
return await arguments.InvokeAsync(invocation);
