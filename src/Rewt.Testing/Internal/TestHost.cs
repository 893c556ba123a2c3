using System.Collections.Concurrent;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>
/// One application under test that takes its keys from a <see cref="RewtTestRing"/>, and the services that are simulated for it. It creates their
/// tokens, and refreshes the application's keys after a change.
/// </summary>
/// <param name="ring">The test ring.</param>
/// <param name="services">The host's container; <see langword="null"/> for simulated callers without a host, which use default settings.</param>
internal sealed class TestHost(RewtTestRing ring, IServiceProvider? services) : IAsyncDisposable, IDisposable
{
    private readonly ConcurrentDictionary<(string Ring, string Service), Lazy<TestCaller>> _callers = new();
    private readonly RewtOptions _defaults = new();

    public IEnumerable<TestCaller> Callers => _callers.Values.Where(caller => caller.IsValueCreated).Select(caller => caller.Value);

    /// <summary>The host's own key rings, or <see langword="null"/> if it has none.</summary>
    public KeyRingRegistry? Registry => services?.GetService<KeyRingRegistry>();

    /// <summary>Returns the key settings of a scheme, or <see langword="null"/> if this host does not have the scheme.</summary>
    public RewtOptions? Find(string? scheme)
    {
        var name = scheme is null ? Options.DefaultName : RewtSchemes.OptionsNameOf(scheme);
        if (services is null) return name.Length == 0 ? _defaults : null;
        return Registry?.Names.Contains(name, StringComparer.Ordinal) == true ? Registry.Options(name) : null;
    }

    /// <summary>Returns the simulated service of this name.</summary>
    public TestCaller Caller(RewtOptions settings, string service) => _callers.GetOrAdd(
        (settings.Namespace, service),
        key => new Lazy<TestCaller>(() => new TestCaller(settings, key.Service, ring.Stores, ring.Clock))).Value;

    /// <summary>Returns the signer of the simulated service of this name.</summary>
    public async Task<RewtTokens> SignerAsync(RewtOptions settings, string service, string? tenant, CancellationToken cancellationToken)
    {
        var caller = Caller(settings, service);
        var tokens = await caller.SignerAsync(tenant, cancellationToken).ConfigureAwait(false);
        // Hosts would discover a new key pair within their read budget; tests do not wait for that.
        if (settings.EffectiveKeyMode == KeyMode.KeyPair && caller.BeginIntroduction()) await ring.IntroduceAsync(service, cancellationToken).ConfigureAwait(false);
        return tokens;
    }

    /// <summary>Creates a token as the identity's service would send it to this host.</summary>
    public async Task<string> SignAsync(TestIdentity identity, HttpContext context)
    {
        var settings = Find(identity.Scheme) ?? throw new InvalidOperationException(identity.Scheme is null
            ? "This host has AddRewtTesting but no scheme of Rewt. Add AddRewtAuthentication, or specify the scheme that receives the calls."
            : $"This host has no Rewt scheme '{identity.Scheme}'.");
        Require(settings);
        var tokens = await SignerAsync(settings, identity.Service, identity.Tenant, context.RequestAborted).ConfigureAwait(false);
        var binding = TokenBinding.Of(
            identity.Binding.HasFlag(RequestBinding.Target) ? context.Request.Method : null,
            identity.Binding.HasFlag(RequestBinding.Target) && RequestParts.Target(context, settings) is { } target ? TokenBinding.HashOf(target) : null,
            identity.Binding.HasFlag(RequestBinding.Body) ? await RequestParts.HashBodyAsync(context, settings.Binding.MaxBodyBytes).ConfigureAwait(false) : null,
            null,
            identity.OneTime);
        return await tokens.CreateBearerAsync(identity.Audience ?? Audience(identity.Scheme) ?? settings.ServiceName, identity.Claims, binding, context.RequestAborted).ConfigureAwait(false);
    }

    /// <exception cref="InvalidOperationException">The keys come from files, so their private keys are not available here.</exception>
    public static void Require(RewtOptions settings)
    {
        if (!ConfiguredKeySource.IsConfigured(settings)) return;
        throw new InvalidOperationException(
            $"The keys of '{settings.Namespace}' come from SigningKey:File, SigningKey:Certificate or VerificationKeys, and the test kit does not have their private keys. "
            + "Clear these settings in the test, or send a token that the test signs itself.");
    }

    /// <summary>Refreshes the host's keys, so that the host knows all changes.</summary>
    public Task ReadNowAsync(CancellationToken cancellationToken) => Registry?.ReadNowAsync(cancellationToken) ?? Task.CompletedTask;

    /// <summary>Refreshes the host's keys and apps, so that the host recovers from an outage.</summary>
    public async Task RecoverAsync(CancellationToken cancellationToken)
    {
        await ReadNowAsync(cancellationToken).ConfigureAwait(false);
        if (services?.GetService<TrustedAppProvider>() is { } apps) await apps.RefreshAsync(cancellationToken).ConfigureAwait(false);
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

    /// <summary>Returns the audience that the application configured for the scheme instead of the service's name.</summary>
    private string? Audience(string? scheme) => RewtSchemes.Audiences(
        services!.GetRequiredService<IOptionsMonitor<JwtBearerOptions>>().Get(scheme ?? RewtDefaults.AuthenticationScheme))?.Order(StringComparer.Ordinal).First();
}
