namespace Rewt.Tests.Sealing;

/// <summary>A key service that counts its calls, fails and hangs as it is told.</summary>
internal sealed class ScriptedProtector(IRewtSecretProtector inner) : IRewtSecretProtector
{
    private int _calls;

    public int Calls => Volatile.Read(ref _calls);

    /// <summary>What happens before each call.</summary>
    public Func<Task> Before { get; set; } = () => Task.CompletedTask;

    /// <summary>The protector that takes the place of the inner one for a time.</summary>
    public Func<IRewtSecretProtector?> Instead { get; set; } = () => null;

    public async ValueTask<string> ProtectAsync(ReadOnlyMemory<byte> secret, string associatedData, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _calls);
        await Before();
        return await (Instead() ?? inner).ProtectAsync(secret, associatedData, cancellationToken);
    }

    public async ValueTask<byte[]> UnprotectAsync(string protectedText, string associatedData, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _calls);
        await Before();
        return await (Instead() ?? inner).UnprotectAsync(protectedText, associatedData, cancellationToken);
    }
}
