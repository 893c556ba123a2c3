using System.Collections.Concurrent;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>A host on a ring, and the services that the kit plays for it; it leaves the ring when its container ends.</summary>
/// <param name="ring">The ring.</param>
/// <param name="services">The host's container; <see langword="null"/> for the callers of a test without a host, with default settings.</param>
internal sealed class TestHost(RewtTestRing ring, IServiceProvider? services) : IAsyncDisposable, IDisposable
{
    private readonly ConcurrentDictionary<(string Ring, string Service), Lazy<TestCaller>> _callers = new();
    private readonly RewtOptions _defaults = new();

    public IEnumerable<TestCaller> Callers => _callers.Values.Where(caller => caller.IsValueCreated).Select(caller => caller.Value);

    /// <summary>The host's own rings; nothing before it has any.</summary>
    public RingRegistry? Registry => services?.GetService<RingRegistry>();

    /// <summary>The ring of a scheme; <see langword="null"/> where this host has none.</summary>
    public RewtOptions? Find(string? scheme)
    {
        var name = scheme is null ? Options.DefaultName : RewtSchemes.RingOf(scheme);
        if (services is null) return name.Length == 0 ? _defaults : null;
        return Registry?.Names.Contains(name, StringComparer.Ordinal) == true ? Registry.Options(name) : null;
    }

    /// <summary>A service that calls under this name.</summary>
    public TestCaller Caller(RewtOptions settings, string service) => _callers.GetOrAdd(
        (settings.Namespace, service),
        key => new Lazy<TestCaller>(() => new TestCaller(settings, key.Service, ring.Stores, ring.Clock))).Value;

    /// <summary>What a service that calls under this name signs with.</summary>
    public async Task<IRewtTokens> SignerAsync(RewtOptions settings, string service, string? tenant, CancellationToken cancellationToken)
    {
        var caller = Caller(settings, service);
        var tokens = await caller.SignerAsync(tenant, cancellationToken).ConfigureAwait(false);
        // Hosts would find a new pair by themselves, as their budget of reads allows: tests need not wait for that.
        if (settings.KeyMode == KeyMode.KeyPair && caller.BeginIntroduction()) await ring.IntroduceAsync(service, cancellationToken).ConfigureAwait(false);
        return tokens;
    }

    /// <summary>A token as a service would send it to this host.</summary>
    public async Task<string> SignAsync(TestIdentity identity, CancellationToken cancellationToken)
    {
        var settings = Find(identity.Scheme) ?? throw new InvalidOperationException(identity.Scheme is null
            ? "This host has AddRewtTesting but no Rewt: add AddRewtAuthentication, or name the scheme that takes the calls."
            : $"This host has no Rewt scheme '{identity.Scheme}'.");
        Require(settings);
        var tokens = await SignerAsync(settings, identity.Service, identity.Tenant, cancellationToken).ConfigureAwait(false);
        return await tokens.CreateBearerAsync(identity.Audience ?? Audience(identity.Scheme) ?? settings.ServiceName, identity.Claims, cancellationToken).ConfigureAwait(false);
    }

    /// <exception cref="InvalidOperationException">The ring's keys are none that the kit holds.</exception>
    public static void Require(RewtOptions settings)
    {
        if (!GivenKeySource.IsGiven(settings)) return;
        throw new InvalidOperationException(
            $"The keys of '{settings.Namespace}' are those that SigningKeyFile, SigningCertificate or VerificationKeys name, and the test kit has none of their private keys: "
            + "clear these settings in the test, or send a token that the test itself signs.");
    }

    /// <summary>Reads the keys now, so that what was changed is known here.</summary>
    public Task ReadNowAsync(CancellationToken cancellationToken) => Registry?.ReadNowAsync(cancellationToken) ?? Task.CompletedTask;

    /// <summary>Reads all there is, so that an outage is over here.</summary>
    public async Task RecoverAsync(CancellationToken cancellationToken)
    {
        await ReadNowAsync(cancellationToken).ConfigureAwait(false);
        if (services?.GetService<AppKeeper>() is { } apps) await apps.RefreshAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Dispose()
    {
        ring.Leave(this);
        foreach (var caller in Callers) caller.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        ring.Leave(this);
        foreach (var caller in Callers) await caller.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>What the application has the scheme expect in place of the service's name.</summary>
    private string? Audience(string? scheme) => RewtSchemes.Audiences(
        services!.GetRequiredService<IOptionsMonitor<JwtBearerOptions>>().Get(scheme ?? RewtDefaults.AuthenticationScheme))?.Order(StringComparer.Ordinal).First();
}
