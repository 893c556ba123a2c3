using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

internal sealed partial class KeyPairSource
{
    /// <summary>Limits the log lines for a ring with many invalid entries.</summary>
    private const int MaximumReported = 8;

    private void Report(IEnumerable<IssuerKeys> rings, PairSnapshot? known)
    {
        foreach (var ring in rings)
        {
            var before = known?.Issuers.GetValueOrDefault(ring.Issuer)?.Refused ?? [];
            foreach (var entry in ring.Refused.Except(before).Take(MaximumReported)) LogRefused(options.Namespace, ring.Issuer, entry.Entry, entry.Problem);
        }
    }

    /// <summary>Logs a change for the better or the worse once.</summary>
    private void Report(IdentityState? state)
    {
        var before = _state;
        _state = state;
        if (state is null) return;
        if (state.Problem is { } problem && state.Level != before?.Level) LogCertificate(state.Level == IdentityLevel.Ending ? LogLevel.Warning : LogLevel.Error, options.Namespace, _service, problem);
        if (state.Problem is null && before?.Problem is not null) LogCertificateRenewed(options.Namespace, _service);
        if (state.Unread is { } unread && before?.Unread != unread) LogIdentityUnread(options.Namespace, unread);
    }

    [LoggerMessage(EventId = 50, EventName = "PairsWritten", Message = "Key pairs of {Ring}, service {Service}: {Plan}; {KeyId} signs.")]
    private partial void LogWritten(LogLevel level, string ring, string service, PairChange plan, string keyId);

    [LoggerMessage(EventId = 51, EventName = "PairsNotWritten", Level = LogLevel.Warning,
        Message = "Key pairs of {Ring}, service {Service}, could not be written. The published keys stay in use.")]
    private partial void LogWriteRefused(string ring, string service, Exception exception);

    [LoggerMessage(EventId = 52, EventName = "PairsDenied", Level = LogLevel.Warning,
        Message = "Key pairs of {Ring}: the Redis login may not publish keys of {Service}, so this process can verify but not sign. Give the login the rights that 'rewt acl --role signer --key-pairs' prints.")]
    private partial void LogDenied(string ring, string service, Exception exception);

    [LoggerMessage(EventId = 53, EventName = "PublishedKeyRefused", Level = LogLevel.Warning,
        Message = "Key pairs of {Ring}: the public key of {Service} under {Entry} is refused: {Problem}.")]
    private partial void LogRefused(string ring, string service, string entry, string problem);

    [LoggerMessage(EventId = 54, EventName = "CertificateEnding", Message = "Key pairs of {Ring}, service {Service}: {Problem}")]
    private partial void LogCertificate(LogLevel level, string ring, string service, string problem);

    [LoggerMessage(EventId = 55, EventName = "CertificateRenewed", Level = LogLevel.Information, Message = "Key pairs of {Ring}, service {Service}: the certificate has been renewed.")]
    private partial void LogCertificateRenewed(string ring, string service);

    [LoggerMessage(EventId = 56, EventName = "IdentityUnread", Level = LogLevel.Warning, Message = "Key pairs of {Ring}: {Problem}")]
    private partial void LogIdentityUnread(string ring, string problem);
}
