using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>A Lua script of this assembly.</summary>
internal sealed class RedisScript(string name)
{
    private readonly string _text = Read(name);

    /// <exception cref="TimeoutException">Redis did not answer in time.</exception>
    public async Task<RedisResult> EvaluateAsync(
        IDatabase database, RedisKey[] keys, RedisValue[] values, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            return await EvaluateOnceAsync().ConfigureAwait(false);
        }
        catch (RedisServerException exception) when (exception.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            // The library believes that a flushed script is still loaded, and finds out by this error.
            return await EvaluateOnceAsync().ConfigureAwait(false);
        }

        Task<RedisResult> EvaluateOnceAsync() =>
            database.ScriptEvaluateAsync(_text, keys, values, CommandFlags.DemandMaster).WithinAsync(limit, time, cancellationToken);
    }

    private static string Read(string name)
    {
        using var stream = typeof(RedisScript).Assembly.GetManifestResourceStream($"Rewt.Internal.{name}.lua")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
