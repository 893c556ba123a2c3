namespace Rewt.Internal;

/// <summary>The reason why an API key is refused. The reason is written to the log of this service, and is never sent to the caller.</summary>
internal enum ApiKeyRefusal
{
    SeveralKeys,
    Malformed,
    Unknown,
    Revoked,
    Expired,
    OtherApp,
    OtherService,
    OtherCaller,
    UnknownCredentials,
}
