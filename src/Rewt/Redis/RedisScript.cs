using System.Reflection;
using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>A Lua script that is embedded in an assembly, and the method that runs it in Redis.</summary>
internal sealed class RedisScript(Assembly assembly, string name)
{
    public string Text { get; } = Read(assembly, name);

    /// <exception cref="TimeoutException">Redis did not answer in time.</exception>
    public async Task<RedisResult> EvaluateAsync(IDatabase database, RedisKey[] keys, RedisValue[] values, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        await database.UntilConnectedAsync(keys[0], limit, time, cancellationToken).ConfigureAwait(false);
        return await database.ScriptEvaluateAsync(Text, keys, values, CommandFlags.DemandMaster).WithinAsync(limit, time, cancellationToken).ConfigureAwait(false);
    }

    private static string Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream($"{name}.lua")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
