using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

/// <summary>
/// Logs each change of the keys or tenants of a namespace with its author and its cause, in the log category <c>Rewt.Audit</c>. Only the writing
/// instance logs the audit record. The other instances log only that the change has arrived.
/// </summary>
internal sealed partial class RingAudit(string @namespace, string instance, IAuditActor? actor, ILogger logger)
{
    /// <summary>The author in the audit record of a manual change, which was made with a Redis client.</summary>
    private const string RedisClient = "a client of Redis";

    /// <summary>The name of this instance, which is also its name in the list of live instances.</summary>
    public string Instance => instance;

    /// <summary>Returns the author of a change: the operator who gave the command, or the cause of an automatic change.</summary>
    public string By(RingAction action, bool isCommand) => action switch
    {
        _ when isCommand => Commander,
        RingAction.AdoptRotation => "a Node service",
        RingAction.Invalidate or RingAction.Replace or RingAction.Refuse or RingAction.MoveDeadline or RingAction.RestoreTimeToLive => RedisClient,
        _ => instance,
    };

    /// <summary>The author of the command that is being executed: the name of the operator, if known, and the name of this instance.</summary>
    public string Commander => (AuditScope.Current ?? actor?.Current) is { } name ? $"{(Names.IsIdentifier(name) ? name : "?")} at {instance}" : instance;

    /// <summary>Logs that the key pairs of this process were published.</summary>
    public void PairsWritten(LocalKeyPairs before, LocalKeyPairs after, bool isCommand)
    {
        var (by, cause) = isCommand ? (Commander, "command") : (instance, "schedule");
        var known = before.All(now: default).Select(key => key.KeyId).ToHashSet();
        foreach (var key in after.All(now: default).Where(key => !known.Contains(key.KeyId))) LogCreated(@namespace, key.KeyId, by, cause);
        if (after.Current is { } current && current.KeyId != before.Current?.KeyId) LogActivated(@namespace, current.KeyId, by, cause);
        foreach (var (key, end) in after.Retired.Where(entry => before.Retired.All(former => former.Key.KeyId != entry.Key.KeyId)))
        {
            var until = end.ToDateTimeOffset();
            LogRetired(@namespace, key.KeyId, until, by, cause);
        }
    }

    /// <summary>Logs that an operator revoked a key pair.</summary>
    public void PairRevoked(KeyId keyId)
    {
        var by = Commander;
        LogRevoked(@namespace, keyId, by, "command");
    }

    /// <summary>
    /// Logs a change of the shared secrets that this instance has written: which keys were created, became current, were retired and were revoked.
    /// </summary>
    public void Written(RingReading basis, RingChange plan, bool isCommand)
    {
        var by = By(plan.Action, isCommand);
        var cause = isCommand ? "command" : Cause(plan.Action);
        var before = basis.Ring?.KeyIds().ToHashSet() ?? [];
        foreach (var keyId in plan.Ring.KeyIds().Where(keyId => !before.Contains(keyId))) LogCreated(@namespace, keyId, by, cause);
        if (plan.Ring.Current is { } current && current.KeyId != basis.Ring?.Current?.KeyId) LogActivated(@namespace, current.KeyId, by, cause);

        var retired = basis.Ring?.Retired.Select(key => key.Secret.KeyId).ToHashSet() ?? [];
        foreach (var key in plan.Ring.Retired.Where(key => !retired.Contains(key.Secret.KeyId)))
        {
            var until = key.Until.ToDateTimeOffset();
            LogRetired(@namespace, key.Secret.KeyId, until, by, cause);
        }

        foreach (var keyId in plan.Revoked.Keys.Where(keyId => !basis.Revoked.ContainsKey(keyId))) LogRevoked(@namespace, keyId, by, cause);
    }

    /// <summary>Logs that an operator changed a tenant.</summary>
    public void TenantChanged(string tenant, TenantChange change)
    {
        if (change.Before == change.After) return;
        var verb = change.After.LifeAt == change.Before.LifeAt ? "revoked" : change.After.IsDeleted ? "deleted" : "created";
        var by = Commander;
        LogTenantChanged(tenant, @namespace, verb, by, change.After.Generation.Milliseconds);
    }

    /// <summary>Logs that this instance has read changes of tenants that another instance wrote.</summary>
    public void TenantsFollowed(IEnumerable<string> tenants, string by)
    {
        foreach (var tenant in tenants) LogTenantFollowed(tenant, @namespace, Names.IsIdentifier(by) ? by : "unknown");
    }

    /// <summary>Logs that this instance has read a change of the keys that another instance wrote.</summary>
    public void Followed(RingSnapshot previous, RingSnapshot next)
    {
        if (next.Version == previous.Version || (next.Current?.KeyId == previous.Current?.KeyId && next.Revoked.Keys.All(previous.Revoked.ContainsKey))) return;
        var current = next.Current?.KeyId.ToString() ?? "none";
        LogFollowed(@namespace, next.Version, current, next.ChangedBy ?? "unknown");
    }

    private static string Cause(RingAction action) => action switch
    {
        RingAction.Create => "there was no key",
        RingAction.Adopt => "for the secret in Redis",
        RingAction.Rotate => "schedule",
        RingAction.AdoptRotation => "it made the new secret at the deadline",
        RingAction.Invalidate => "DEL before the TTL expired",
        RingAction.Replace => "SET before the TTL expired",
        RingAction.ReplaceRevoked => "the secret had been revoked",
        RingAction.Refuse => "SET to an invalid secret",
        RingAction.MergeRevocations => "Redis had lost the revocation",
        _ => "upkeep",
    };

    [LoggerMessage(EventId = 90, EventName = "KeyCreated", Level = LogLevel.Information, Message = "Audit: key {KeyId} of the ring {Ring} was created by {By} ({Cause}).")]
    private partial void LogCreated(string ring, KeyId keyId, string by, string cause);

    [LoggerMessage(EventId = 91, EventName = "KeyActivated", Level = LogLevel.Information, Message = "Audit: key {KeyId} of the ring {Ring} was activated by {By} ({Cause}); it signs now.")]
    private partial void LogActivated(string ring, KeyId keyId, string by, string cause);

    [LoggerMessage(EventId = 92, EventName = "KeyRetired", Level = LogLevel.Information, Message = "Audit: key {KeyId} of the ring {Ring} was retired by {By} ({Cause}); it verifies until {Until:O}.")]
    private partial void LogRetired(string ring, KeyId keyId, DateTimeOffset until, string by, string cause);

    [LoggerMessage(EventId = 93, EventName = "KeyRevoked", Level = LogLevel.Information, Message = "Audit: key {KeyId} of the ring {Ring} was revoked by {By} ({Cause}).")]
    private partial void LogRevoked(string ring, KeyId keyId, string by, string cause);

    [LoggerMessage(EventId = 95, EventName = "TenantChanged", Level = LogLevel.Information, Message = "Audit: tenant {Tenant} of the ring {Ring} was {Change} by {By}. Tokens of generations before {Generation} are refused.")]
    private partial void LogTenantChanged(string tenant, string ring, string change, string by, long generation);

    [LoggerMessage(EventId = 96, EventName = "TenantFollowed", Level = LogLevel.Information, Message = "The tenant {Tenant} of the ring {Ring} was changed by {By}.")]
    private partial void LogTenantFollowed(string tenant, string ring, string by);

    [LoggerMessage(EventId = 94, EventName = "RingFollowed", Level = LogLevel.Information, Message = "The key ring {Ring} now has version {Version} and the current key {KeyId}; it was changed by {By}.")]
    private partial void LogFollowed(string ring, long version, string keyId, string by);
}
