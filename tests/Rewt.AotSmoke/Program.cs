// Compiled ahead of time: tokens of the package Rewt with settings of each kind, and a receiver and a caller over HTTP with keys in the Redis
// server that the first argument names. Prints "ok" at the end.
using Rewt.AotSmoke;

await TokenSmoke.RunAsync();
await ReceiverSmoke.RunAsync(args[0]);
Console.WriteLine("ok");
