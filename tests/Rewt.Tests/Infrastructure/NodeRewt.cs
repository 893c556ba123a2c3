using System.Text.Json.Serialization;

namespace Rewt.Tests.Infrastructure;

/// <summary>A Node service that shares the secret in Redis (tests/interop/rewt.mjs).</summary>
public sealed class NodeRewt : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly SemaphoreSlim _requestLock = new(1, 1);
    private readonly Process _process;
    private readonly Task<string> _errors;

    private NodeRewt(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public static async Task<NodeRewt> StartAsync(string redis, string rewtNamespace = "rewt", TimeSpan? ttl = null)
    {
        Require.Node();
        var lifetime = (long)(ttl ?? TimeSpan.FromDays(1)).TotalMilliseconds;
        var process = Programs.Start(
            Executables.Node!,
            ["rewt.mjs", "--redis", redis, "--namespace", rewtNamespace, "--ttl-ms", lifetime.ToString(CultureInfo.InvariantCulture)],
            Path.Combine(RepositoryRoot.Path, "tests", "interop"));
        var node = new NodeRewt(process);
        try
        {
            await node.ReadAsync();
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns the SHA-256 of Node's current secret in lower-case hex. Node creates a secret if Redis has none.</summary>
    public async Task<string> SecretHashAsync() => (await AskAsync(new { op = "secret" })).GetProperty("sha256").GetString()!;

    /// <summary>Signs with jsonwebtoken, which adds only iat to the payload.</summary>
    public async Task<string> SignAsync(object payload, object? options = null) =>
        (await AskAsync(new { op = "sign", payload, options })).GetProperty("token").GetString()!;

    public async Task<NodeVerification> VerifyAsync(string token) =>
        (await AskAsync(new { op = "verify", token })).Deserialize<NodeVerification>(Json)!;

    public async ValueTask DisposeAsync()
    {
        // A service that waits for an unavailable Redis server would not exit by itself.
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _requestLock.Dispose();
    }

    private async Task<JsonElement> AskAsync(object command)
    {
        await _requestLock.WaitAsync(Cancellation);
        try
        {
            await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(command, Json));
            await _process.StandardInput.FlushAsync();
            return await ReadAsync();
        }
        finally
        {
            _requestLock.Release();
        }
    }

    private async Task<JsonElement> ReadAsync()
    {
        var line = await _process.StandardOutput.ReadLineAsync(Cancellation)
            ?? throw new InvalidOperationException($"node ended: {await _errors}");
        var reply = JsonSerializer.Deserialize<JsonElement>(line, Json);
        return reply.TryGetProperty("failure", out var failure)
            ? throw new InvalidOperationException($"node failed: {failure.GetString()}")
            : reply;
    }
}
