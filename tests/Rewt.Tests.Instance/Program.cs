using Rewt.Tests.Instance;

// A line of JSON in is a command, a line of JSON out its reply; all run at once, told apart by "seq". The end of input ends the process.
await using var instances = new Instances();
using var turn = new SemaphoreSlim(1);
var running = new List<Task>();
while (await Console.In.ReadLineAsync() is { } line)
{
    running.RemoveAll(task => task.IsCompleted);
    running.Add(Task.Run(() => AnswerAsync(line)));
}

await Task.WhenAll(running);

async Task AnswerAsync(string line)
{
    var reply = await instances.AnswerAsync(line);
    await turn.WaitAsync();
    try
    {
        await Console.Out.WriteLineAsync(reply);
        await Console.Out.FlushAsync();
    }
    finally
    {
        turn.Release();
    }
}
