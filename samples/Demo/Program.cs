using System.CommandLine;
using System.CommandLine.Invocation;
using Rewt.Samples.Demo;

var arguments = DemoCommand.Create().Parse(args);
if (arguments.Action is ParseErrorAction error) error.ShowHelp = false;

// Must be longer than stopping the services takes; otherwise Ctrl+C would end the demo first.
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(15) };
return await arguments.InvokeAsync(invocation);
