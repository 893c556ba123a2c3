using Rewt.Tests.PublicKeys;

namespace Rewt.Tests.ConfiguredKeys;

/// <summary>Represents a key server with scripted responses that counts its requests.</summary>
internal sealed class ScriptedDownload : IKeyDownload
{
    private int _fetches;

    public int Fetches => Volatile.Read(ref _fetches);

    public string? Content { get; set; }

    public TimeSpan? MaxAge { get; set; }

    public string? EntityTag { get; set; }

    public string? RequestedEntityTag { get; private set; }

    /// <summary>Gets or sets the error with which requests fail; null for success.</summary>
    public string? Failure { get; set; }

    /// <summary>Gets or sets an action that runs after each response is created.</summary>
    public Action? Answered { get; set; }

    public static string Set(params PublicKey[] keys) => $$"""{"keys":[{{string.Join(',', keys.Select(key => key.ToJwk()))}}]}""";

    public Task<DownloadedKeys> FetchAsync(Uri address, string? entityTag, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _fetches);
        RequestedEntityTag = entityTag;
        if (Failure is not null) throw new PublicKeySourceException(Failure);
        var isKnown = entityTag is not null && entityTag == EntityTag;
        var answer = new DownloadedKeys(isKnown ? null : Encoding.UTF8.GetBytes(Content ?? Set(PublicKey.From(JwkRows.P256))), EntityTag, MaxAge);
        Answered?.Invoke();
        return Task.FromResult(answer);
    }
}
