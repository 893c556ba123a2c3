namespace Rewt.Tests.Sealing;

/// <summary>Represents a secret protector that counts its calls, and fails or hangs as the test configures.</summary>
internal sealed class ScriptedProtector(IRewtSecretProtector inner) : IRewtSecretProtector
{
    private int _calls;

    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Gets or sets the function that runs before each call.</summary>
    public Func<Task> Before { get; set; } = () => Task.CompletedTask;

    /// <summary>Gets or sets the function that returns the protector to use in place of the inner one, if any.</summary>
    public Func<IRewtSecretProtector?> Replacement { get; set; } = () => null;

    public async ValueTask<string> ProtectAsync(ReadOnlyMemory<byte> secret, string associatedData, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _calls);
        await Before();
        return await (Replacement() ?? inner).ProtectAsync(secret, associatedData, cancellationToken);
    }

    public async ValueTask<byte[]> UnprotectAsync(string protectedText, string associatedData, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _calls);
        await Before();
        return await (Replacement() ?? inner).UnprotectAsync(protectedText, associatedData, cancellationToken);
    }
}
