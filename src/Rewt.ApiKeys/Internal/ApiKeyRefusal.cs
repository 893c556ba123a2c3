namespace Rewt.Internal;

/// <summary>Why an API key was refused. Only the service's own log has it.</summary>
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
