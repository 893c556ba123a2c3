// Is compiled ahead of time. Uses tokens with settings of each type, and then a receiver and a caller over HTTP with keys in Redis. The first argument is
// the connection string. Prints "ok" at the end.
using Rewt.AotSmoke;

await TokenSmoke.RunAsync();
await ReceiverSmoke.RunAsync(args[0]);
Console.WriteLine("ok");
