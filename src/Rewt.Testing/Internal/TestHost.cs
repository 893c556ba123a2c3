using System.Collections.Concurrent;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>
/// An application under test that takes its keys from a <see cref="RewtTestRing"/>, and the simulated services that call it. The class creates the
/// tokens of the simulated services, and refreshes the keys of the application after a change.
/// </summary>
/// <param name="ring">The keys that the application shares with the test.</param>
/// <param name="services">The service container of the application. <see langword="null"/> if there is no application; the simulated services then
/// use default settings.</param>
internal sealed class TestHost(RewtTestRing ring, IServiceProvider? services) : IAsyncDisposable, IDisposable
{
    private readonly ConcurrentDictionary<(string Namespace, string Service), Lazy<TestCaller>> _callers = new();
    private readonly RewtOptions _defaults = new();

    public IEnumerable<TestCaller> Callers => _callers.Values.Where(caller => caller.IsValueCreated).Select(caller => caller.Value);

    /// <summary>The key rings of the application; <see langword="null"/> if it has none, or if another test is disposing the application.</summary>
    public KeyRingRegistry? Registry
    {
        get
        {
            try
            {
                return services?.GetService<KeyRingRegistry>();
            }
            catch (ObjectDisposedException)
            {
                return null;
            }
        }
    }

    /// <summary>Returns the key settings of a scheme; <see langword="null"/> if the application does not have the scheme.</summary>
    public RewtOptions? Find(string? scheme)
    {
        var name = scheme is null ? Options.DefaultName : SchemeNames.OptionsNameOf(scheme);
        if (services is null) return name.Length == 0 ? _defaults : null;
        return Registry is { } registry && registry.Names.Contains(name, StringComparer.Ordinal) ? registry.Options(name) : null;
    }

    /// <summary>Returns the simulated service with the given name.</summary>
    public TestCaller Caller(RewtOptions settings, string service) => _callers.GetOrAdd(
        (settings.Namespace, service),
        key => new Lazy<TestCaller>(() => new TestCaller(settings, key.Service, ring.Stores, ring.Clock))).Value;

    /// <summary>Returns the token service that signs in the name of a simulated service.</summary>
    public async Task<RewtTokens> SignerAsync(RewtOptions settings, string service, string? tenant, CancellationToken cancellationToken)
    {
        var caller = Caller(settings, service);
        var tokens = await caller.SignerAsync(tenant, cancellationToken).ConfigureAwait(false);
        // Hosts would discover a new key pair within their read budget; tests do not wait for that.
        if (settings.EffectiveKeyMode == KeyMode.KeyPair && caller.BeginIntroduction()) await ring.IntroduceAsync(service, cancellationToken).ConfigureAwait(false);
        return tokens;
    }

    /// <summary>Creates the token that the service of a test identity would send to the application.</summary>
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

    /// <exception cref="InvalidOperationException">The keys of the scheme come from files, so the test kit does not have their private
    /// keys.</exception>
    public static void Require(RewtOptions settings)
    {
        if (!ConfiguredKeySource.IsConfigured(settings)) return;
        throw new InvalidOperationException(
            $"The keys of '{settings.Namespace}' come from SigningKey:File, SigningKey:Certificate or VerificationKeys, and the test kit does not have their private keys. "
            + "Clear these settings in the test, or send a token that the test signs itself.");
    }

    /// <summary>Makes the application read its keys again, so that it knows all changes.</summary>
    public Task ReadNowAsync(CancellationToken cancellationToken) => UseAsync<KeyRingRegistry>(registry => registry.ReadNowAsync(cancellationToken));

    /// <summary>Makes the application read its keys and trusted apps again after a simulated outage.</summary>
    public async Task RecoverAsync(CancellationToken cancellationToken)
    {
        await ReadNowAsync(cancellationToken).ConfigureAwait(false);
        await UseAsync<TrustedAppProvider>(apps => apps.RefreshAsync(cancellationToken)).ConfigureAwait(false);
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

    /// <summary>Returns the audience that the application has configured for a scheme instead of the service's name.</summary>
    private string? Audience(string? scheme) => RewtSchemes.Audiences(
        services!.GetRequiredService<IOptionsMonitor<JwtBearerOptions>>().Get(scheme ?? RewtDefaults.AuthenticationScheme))?.Order(StringComparer.Ordinal).First();

    /// <summary>Uses a service of the application's container, unless the application has no such service or another test is disposing the application.</summary>
    private async Task UseAsync<T>(Func<T, Task> use)
        where T : class
    {
        try
        {
            if (services?.GetService<T>() is { } service) await use(service).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // The application needs no keys and no apps any more.
        }
    }
}
