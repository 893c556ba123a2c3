using Rewt.Tests.Instance;

// Each line of input is a command in JSON, and each line of output is a reply in JSON. Commands run concurrently; a reply has the "seq" of its command.
// The process ends when its input ends.
await using var instances = new Instances();
using var outputLock = new SemaphoreSlim(1);
var running = new List<Task>();
while (await Console.In.ReadLineAsync() is { } line)
{
    running.RemoveAll(task => task.IsCompleted);
    running.Add(Task.Run(() => ReplyAsync(line)));
}

await Task.WhenAll(running);

async Task ReplyAsync(string line)
{
    var reply = await instances.ExecuteAsync(line);
    await outputLock.WaitAsync();
    try
    {
        await Console.Out.WriteLineAsync(reply);
        await Console.Out.FlushAsync();
    }
    finally
    {
        outputLock.Release();
    }
}
