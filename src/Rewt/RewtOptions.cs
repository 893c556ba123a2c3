using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;
using StackExchange.Redis;

namespace Rewt;

/// <summary>
/// Settings of one namespace: who this service is, where the keys live and how they move. Bound from the configuration section
/// <c>Rewt</c> under the same names and checked together when the application starts.
/// </summary>
public sealed class RewtOptions
{
    private static readonly string[] CodeOnly = [nameof(ConfigurationOptions), nameof(ConnectionMultiplexerFactory)];

    private TimeSpan? _refreshInterval;
    private TimeSpan? _propagationDelay;

    /// <summary>The trust domain and the prefix of every Redis key.</summary>
    /// <value>Letters, digits, <c>.</c> <c>_</c> <c>-</c> <c>:</c>, at most 128 characters. Default <c>rewt</c>.</value>
    public string Namespace { get; set; } = "rewt";

    /// <summary>The name of this service: the issuer (<c>iss</c>) of what it signs and the audience (<c>aud</c>) that its callers name.</summary>
    /// <value>Letters, digits, <c>.</c> <c>_</c> <c>-</c>, at most 128 characters. Default: the application's name.</value>
    public string? ServiceName { get; set; }

    /// <summary>What this service signs with, and what it accepts.</summary>
    /// <value>Default <see cref="KeyMode.SharedSecret"/>.</value>
    public KeyMode KeyMode { get; set; }

    /// <summary>
    /// Accept the tokens of this other mode too, while a fleet moves from one to the other: what signed a token says how it is verified, never the token.
    /// </summary>
    /// <value>Default <see langword="null"/>: only those of <see cref="KeyMode"/>.</value>
    public KeyMode? AlsoAccept { get; set; }

    /// <summary>The algorithm of the key pairs that this service makes (RFC 7518 §3.1); the shared secret's is HS256.</summary>
    /// <value><c>ES256</c>, <c>ES384</c>, <c>RS256</c> or <c>PS256</c>. Default <c>ES256</c>.</value>
    public string Algorithm { get; set; } = "ES256";

    /// <summary>The services that may call this one, by the name they sign with (<c>iss</c>).</summary>
    /// <value>Names of services. Default: none, which lets every service of the namespace call.</value>
    public IList<string> TrustedIssuers { get; set; } = [];

    /// <summary>
    /// A file with the private key that this service signs with, in PEM: PKCS #1 as <c>ssh-keygen -t rsa -b 4096 -m pem</c> writes it, PKCS #8 or SEC 1.
    /// With it or any of <see cref="SigningCertificate"/> and <see cref="VerificationKeys"/> no keys are looked for in Redis.
    /// </summary>
    /// <value>A path, relative to the content root. RSA of 2048 to 4096 bits, P-256 or P-384. Default: none.</value>
    public string? SigningKeyFile { get; set; }

    /// <summary>The password of an encrypted <see cref="SigningKeyFile"/>; keep it where you keep secrets.</summary>
    /// <value>Default: none.</value>
    public string? SigningKeyPassword { get; set; }

    /// <summary>A certificate with the private key that this service signs with, in place of <see cref="SigningKeyFile"/>; for code only.</summary>
    /// <value>Its dates and its issuer are not looked at. It is the caller's to dispose of, after the application. Default: none.</value>
    public X509Certificate2? SigningCertificate { get; set; }

    /// <summary>
    /// The public keys whose tokens this service accepts, in place of keys in Redis: each a PEM file (public key or certificate), a file with the line
    /// <c>ssh-rsa AAAA…</c>, a JWKS (RFC 7517 §5) in a file or behind an https address, or one of these texts itself.
    /// </summary>
    /// <value>Whoever holds one of the private keys can sign as any issuer: see <see cref="TrustedIssuers"/>. Default: none.</value>
    public IList<string> VerificationKeys { get; set; } = [];

    /// <summary>
    /// The claims that a bearer token must have. Only where there are <see cref="VerificationKeys"/> may it leave out one of ours: a token without
    /// <c>exp</c> is good for <see cref="MaxTokenLifetime"/> after its <c>iat</c>, and one without both as long as its key.
    /// </summary>
    /// <value>Names of claims. Default: none named, which means <c>iss</c>, <c>aud</c>, <c>exp</c>, <c>iat</c> and <c>jti</c>.</value>
    public IList<string> RequiredClaims { get; set; } = [];

    /// <summary>
    /// The StackExchange.Redis connection string: <c>host:port,password=...,ssl=true</c>. Set at most one of it, <see cref="ConfigurationOptions"/> and
    /// <see cref="ConnectionMultiplexerFactory"/>; each of them goes before an <see cref="IConnectionMultiplexer"/> in the service collection.
    /// </summary>
    /// <value>Default: none, which means an <see cref="IConnectionMultiplexer"/> that is registered, keyed by <see cref="Namespace"/> or without a key; else
    /// <c>ConnectionStrings:redis</c> of the configuration.</value>
    public string? Redis { get; set; }

    /// <summary>The same as <see cref="Redis"/> for what a string cannot say, such as a client certificate; for code only.</summary>
    /// <value>It is copied when a connection is opened; attempts to connect and the pauses between them are set by this library. Default: none.</value>
    public ConfigurationOptions? ConfigurationOptions { get; set; }

    /// <summary>
    /// Returns the connection, which remains the application's and is never disposed here; for code only. It is called again when the call has failed and
    /// when the connection it returned has been disposed, and separately for the keys and for trusted apps.
    /// </summary>
    /// <value>Default: none.</value>
    public Func<Task<IConnectionMultiplexer>>? ConnectionMultiplexerFactory { get; set; }

    /// <summary><see cref="Redis"/> comes from <c>ConnectionStrings:redis</c>, which other libraries read too: a registered multiplexer goes before it.</summary>
    internal bool IsRedisFallback { get; set; }

    /// <summary>How long a secret signs before the next one takes over; the TTL of the Redis key.</summary>
    /// <value>At least ten times the effective <see cref="RefreshInterval"/>. Default 24 hours.</value>
    public TimeSpan RotationInterval { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long a token that this service signs is good (<c>exp</c> − <c>iat</c>).</summary>
    /// <value>From 1 second to <see cref="MaxTokenLifetime"/>, in whole seconds. Default 60 seconds.</value>
    public TimeSpan TokenLifetime { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest <c>exp</c> − <c>iat</c> that this service accepts; retired keys are kept at least that long.</summary>
    /// <value>From <see cref="TokenLifetime"/> to 31 days. Default 5 minutes.</value>
    public TimeSpan MaxTokenLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How far the clocks of two services may be apart.</summary>
    /// <value>From zero to 10 minutes. Default 30 seconds.</value>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How old an instance's view of the key ring may be while Redis can be reached: the bound on a revocation that no push announces.</summary>
    /// <value>At least 100 milliseconds. Default: 5 seconds or a tenth of <see cref="RotationInterval"/>, whichever is less.</value>
    public TimeSpan RefreshInterval
    {
        get => _refreshInterval ?? TimeSpan.FromTicks(Math.Min(TimeSpan.FromSeconds(5).Ticks, RotationInterval.Ticks / 10));
        set => _refreshInterval = value;
    }

    /// <summary>How long a pending key must have been published before it may sign.</summary>
    /// <value>From zero to less than <see cref="RotationInterval"/>. Default: twice the effective <see cref="RefreshInterval"/>.</value>
    public TimeSpan PropagationDelay
    {
        get => _propagationDelay ?? RefreshInterval * 2;
        set => _propagationDelay = value;
    }

    /// <summary>How long to go on with known keys while Redis is away; after it, signing throws and receivers answer 503.</summary>
    /// <value>At least the effective <see cref="RefreshInterval"/>. Default 1 hour.</value>
    public TimeSpan StaleBudget { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Accept the tokens of Node's <c>rewt</c>: HS256 without <c>kid</c>, which carry only <c>iat</c> and are good for
    /// <see cref="MaxTokenLifetime"/>. They name no issuer and no audience, so they are good at every service of the namespace.
    /// </summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool AcceptNodeTokens { get; set; }

    /// <summary>Let every client send tokens over plain http to hosts other than loopback, where anyone on the path can read and re-use them,
    /// and fetch <see cref="VerificationKeys"/> that way, where anyone on the path can put in keys of their own.</summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool AllowInsecureHttp { get; set; }

    /// <summary>
    /// Give each tenant (or each user) a key ring of its own, <c>{Namespace}:{tenant}:rewt-secret</c>: what is signed names its tenant in the claim
    /// <c>tenant</c>, and a token that names none is refused. See <see cref="IRewtTenants"/>.
    /// </summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool Tenants { get; set; }

    /// <summary>How many tenants' rings this instance holds in memory, some 4 KB each; the least recently used leaves first and is read again when it is needed.</summary>
    /// <value>At least 16. Default 20,000; size it to the tenants that are active at one time.</value>
    public int TenantCacheSize { get; set; } = 20_000;

    /// <summary>The binder sets each property to what it reads from it; that must not make a derived default a given value.</summary>
    /// <remarks>
    /// By reflection in trimmed and native applications too: a generated binder would take a certificate apart to bind what is for code only.
    /// </remarks>
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicProperties, typeof(RewtOptions))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.Interfaces, typeof(IList<string>))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicMethods, typeof(ICollection<string>))]
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "The properties and what fills their lists are kept by the lines above; they are texts, numbers, spans of time, enums and lists of text.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "The only generic types made are lists of text, which are there already.")]
    internal void Bind(IConfiguration configuration)
    {
        if (Array.Find(CodeOnly, name => configuration.GetSection(name).Exists()) is { } setting)
        {
            var path = configuration is IConfigurationSection section ? $"{section.Path}:{setting}" : setting;
            throw new InvalidOperationException($"{path} is a setting for code only; in the configuration write a connection string in {path[..^setting.Length]}{nameof(Redis)}.");
        }

        var (refreshInterval, propagationDelay) = (_refreshInterval, _propagationDelay);
        ConfigurationBinder.Bind(configuration, this);
        if (configuration[nameof(RefreshInterval)] is null) _refreshInterval = refreshInterval;
        if (configuration[nameof(PropagationDelay)] is null) _propagationDelay = propagationDelay;
    }
}
