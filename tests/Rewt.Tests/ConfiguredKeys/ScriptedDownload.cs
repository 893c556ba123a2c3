using Rewt.Tests.PublicKeys;

namespace Rewt.Tests.ConfiguredKeys;

/// <summary>A key server that answers what the test wants, and counts.</summary>
internal sealed class ScriptedDownload : IKeyDownload
{
    private int _fetches;

    public int Fetches => Volatile.Read(ref _fetches);

    public string? Content { get; set; }

    public TimeSpan? MaxAge { get; set; }

    public string? EntityTag { get; set; }

    public string? AskedWith { get; private set; }

    /// <summary>Away, when it is not null.</summary>
    public string? Failure { get; set; }

    /// <summary>Runs after each answer.</summary>
    public Action? Answered { get; set; }

    public static string Set(params PublicKey[] keys) => $$"""{"keys":[{{string.Join(',', keys.Select(key => key.ToJwk()))}}]}""";

    public Task<DownloadedKeys> FetchAsync(Uri address, string? entityTag, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _fetches);
        AskedWith = entityTag;
        if (Failure is not null) throw new PublicKeySourceException(Failure);
        var isKnown = entityTag is not null && entityTag == EntityTag;
        var answer = new DownloadedKeys(isKnown ? null : Encoding.UTF8.GetBytes(Content ?? Set(PublicKey.From(JwkRows.P256))), EntityTag, MaxAge);
        Answered?.Invoke();
        return Task.FromResult(answer);
    }
}
