namespace Rewt.Tests.Infrastructure;

/// <summary>A separate process that hosts instances of the library (tests/Rewt.Tests.Instance). It exits when its standard input is closed.</summary>
public sealed class InstanceProcess : IAsyncDisposable
{
    private readonly ConcurrentDictionary<long, TaskCompletionSource<JsonElement>> _pending = new();
    private readonly SemaphoreSlim _writeLock = new(1, 1);
    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly Task _reading;
    private long _sent;

    private InstanceProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
        _reading = ReadAsync();
    }

    public int ProcessId => _process.Id;

    public static InstanceProcess Start() =>
        new(Programs.Start(Executables.Dotnet, [Programs.PathOf("tests/Rewt.Tests.Instance", "Rewt.Tests.Instance.dll")]));

    /// <summary>Starts an instance. The <paramref name="settings"/> are configuration keys and values, such as Rewt:Namespace.</summary>
    public Task StartInstanceAsync(string instance, string redis, bool share = false, params (string Name, string Value)[] settings) =>
        AskAsync("start", instance, null, redis, share, settings.ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal));

    public async Task<string?> CurrentAsync(string instance) => (await AskAsync("current", instance)).GetProperty("current").GetString();

    public async Task<string> SignAsync(string instance, string text) => (await AskAsync("sign", instance, text)).GetString()!;

    public async Task<bool> VerifyAsync(string instance, string token) => (await AskAsync("verify", instance, token)).GetProperty("isValid").GetBoolean();

    public Task StopInstanceAsync(string instance) => AskAsync("stop", instance);

    /// <summary>Sends a command: start, current, rotate, revoke, sign, verify, bearer, verify-bearer or stop. Commands run concurrently.</summary>
    public async Task<JsonElement> AskAsync(
        string op, string instance, string? text = null, string? redis = null, bool share = false, IReadOnlyDictionary<string, string>? settings = null)
    {
        var seq = Interlocked.Increment(ref _sent);
        var reply = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending[seq] = reply;
        await _writeLock.WaitAsync(Cancellation);
        try
        {
            var line = JsonSerializer.Serialize(new { seq, op, instance, text, redis, share, settings });
            await _process.StandardInput.WriteLineAsync(line);
            await _process.StandardInput.FlushAsync();
        }
        finally
        {
            _writeLock.Release();
        }

        return await reply.Task.WaitAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await _reading;
        _process.Dispose();
        _writeLock.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            var message = JsonSerializer.Deserialize<JsonElement>(line);
            if (!_pending.TryRemove(message.GetProperty("seq").GetInt64(), out var pending)) continue;
            if (message.TryGetProperty("failure", out var failure))
            {
                pending.TrySetException(new InvalidOperationException($"{failure}: {message.GetProperty("message")}"));
            }
            else
            {
                pending.TrySetResult(message.GetProperty("reply"));
            }
        }

        var end = new InvalidOperationException($"The process ended: {await _errors}");
        foreach (var pending in _pending.Values) pending.TrySetException(end);
    }
}
