using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>
/// Limits how often the token endpoint can be called. A limit per client address applies before any check, and slows down the guessing of keys. A
/// limit per app applies after the authentication, so that a request with a wrong key does not use up the limit of the app.
/// </summary>
internal sealed class TokenRateLimits(IOptionsMonitor<RewtApiKeyOptions> options) : IDisposable, IAsyncDisposable
{
    /// <summary>The number of counters for client addresses. The number is fixed, so that the memory for the counters is limited.</summary>
    private const int AddressGroups = 4096;

    private readonly PartitionedRateLimiter<int> _addresses = Create<int>(options);
    private readonly PartitionedRateLimiter<string> _apps = Create<string>(options);

    public RateLimitLease Address(HttpContext context) => _addresses.AttemptAcquire(Group(context));

    public RateLimitLease App(string appId) => _apps.AttemptAcquire(appId);

    public void Dispose()
    {
        _addresses.Dispose();
        _apps.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await _addresses.DisposeAsync();
        await _apps.DisposeAsync();
    }

    /// <summary>
    /// Returns the index of the counter for the address of the client. The hash of an address differs between processes, so that an attacker cannot
    /// choose addresses that share a counter.
    /// </summary>
    private static int Group(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } address) return 0;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();

        var hash = default(HashCode);
        var bytes = address.GetAddressBytes();
        hash.AddBytes(address.AddressFamily == AddressFamily.InterNetworkV6 ? bytes.AsSpan(0, 8) : bytes);
        return (int)((uint)hash.ToHashCode() % AddressGroups);
    }

    private static PartitionedRateLimiter<TKey> Create<TKey>(IOptionsMonitor<RewtApiKeyOptions> options)
        where TKey : notnull => PartitionedRateLimiter.Create<TKey, TKey>(key => RateLimitPartition.GetFixedWindowLimiter(key, _ => new FixedWindowRateLimiterOptions
        {
            PermitLimit = options.Get(RewtDefaults.ApiKeyScheme).TokenRequestsPerMinute,
            Window = TimeSpan.FromMinutes(1),
        }));
}
