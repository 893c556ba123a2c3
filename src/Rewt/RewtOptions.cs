using Microsoft.Extensions.Configuration;
using Rewt.Internal;
using StackExchange.Redis;

namespace Rewt;

/// <summary>
/// Settings of one namespace (trust domain): the name of this service, where the keys are stored, when they rotate, and which tokens this service
/// accepts. They are bound from the configuration section <c>Rewt</c> under the same names, and validated together when the application starts.
/// </summary>
public sealed class RewtOptions
{
    private TimeSpan? _refreshInterval;
    private TimeSpan? _propagationDelay;

    /// <summary>The trust domain and the prefix of every Redis key.</summary>
    /// <value>Letters, digits, <c>.</c> <c>_</c> <c>-</c> <c>:</c>, at most 128 characters. Default <c>rewt</c>.</value>
    public string Namespace { get; set; } = "rewt";

    /// <summary>The name of this service: the issuer (<c>iss</c>) of the tokens it signs, and the audience (<c>aud</c>) of the tokens it accepts.</summary>
    /// <value>Letters, digits, <c>.</c> <c>_</c> <c>-</c>, at most 128 characters. Default: the application's name.</value>
    public string? ServiceName { get; set; }

    /// <summary>
    /// The kind of key in Redis that this service signs with and accepts. Without effect if <see cref="SigningKey"/> or
    /// <see cref="VerificationKeys"/> is set.
    /// </summary>
    /// <value>Default <see cref="KeyMode.SharedSecret"/>.</value>
    public KeyMode KeyMode { get; set; }

    /// <summary>Also accept tokens of the other mode during a migration. The algorithm is chosen by the key, never by the token.</summary>
    /// <value>Default <see langword="null"/>: only tokens of <see cref="KeyMode"/>.</value>
    public KeyMode? AlsoAccept { get; set; }

    /// <summary>Settings of key pairs, whether this service generates them or reads them from files.</summary>
    /// <value>Default: ES256.</value>
    public RewtKeyPairOptions KeyPairs { get; } = new();

    /// <summary>The services that may call this service, by the issuer (<c>iss</c>) of their tokens.</summary>
    /// <value>Service names. Default: empty, which permits every service of the namespace.</value>
    public IList<string> TrustedIssuers { get; set => field = value ?? throw new ArgumentNullException(nameof(value), "TrustedIssuers must be a list."); } = [];

    /// <summary>The certificates that prove which service a key pair belongs to.</summary>
    /// <value>Default: none, so that Redis access rules alone protect the names of services.</value>
    public RewtIdentityOptions Identity { get; } = new();

    /// <summary>
    /// The private key that this service signs with, from a file or a certificate. If this key or <see cref="VerificationKeys"/> is set, no keys are read
    /// from Redis.
    /// </summary>
    /// <value>Default: none.</value>
    public RewtSigningKeyOptions SigningKey { get; } = new();

    /// <summary>
    /// The public keys whose tokens this service accepts, instead of keys in Redis. Each entry is a PEM file (public key or certificate), a file with
    /// the line <c>ssh-rsa AAAA…</c>, a JWKS (RFC 7517 §5) in a file or at an https address, or one of these texts itself.
    /// </summary>
    /// <value>The owner of any of the private keys can sign as any issuer; <see cref="TrustedIssuers"/> limits the issuers. Default: none.</value>
    public IList<string> VerificationKeys { get; set => field = value ?? throw new ArgumentNullException(nameof(value), "VerificationKeys must be a list."); } = [];

    /// <summary>
    /// The claims that a bearer token must contain. Default claims can be omitted from this list only when <see cref="VerificationKeys"/> is set. A
    /// token without <c>exp</c> is then valid for <see cref="MaxTokenLifetime"/> after its <c>iat</c>. A token without <c>exp</c> and <c>iat</c> is valid
    /// as long as its key is accepted.
    /// </summary>
    /// <value>Claim names. Default: empty, which means <c>iss</c>, <c>aud</c>, <c>exp</c>, <c>iat</c> and <c>jti</c>.</value>
    public IList<string> RequiredClaims { get; set => field = value ?? throw new ArgumentNullException(nameof(value), "RequiredClaims must be a list."); } = [];

    /// <summary>
    /// The StackExchange.Redis connection string: <c>host:port,password=...,ssl=true</c>. Set at most one of <see cref="Redis"/>,
    /// <see cref="ConfigurationOptions"/> and <see cref="ConnectionMultiplexerFactory"/>; each takes precedence over an
    /// <see cref="IConnectionMultiplexer"/> in the service collection.
    /// </summary>
    /// <value>Default: none, which uses a registered <see cref="IConnectionMultiplexer"/>, keyed by <see cref="Namespace"/> or without a key, or else
    /// <c>ConnectionStrings:redis</c> of the configuration.</value>
    public string? Redis { get; set; }

    /// <summary>
    /// The Redis connection as an options object instead of <see cref="Redis"/>, for settings that a string cannot express, such as a client
    /// certificate. The object can be set in code only.
    /// </summary>
    /// <value>The object is copied when a connection is opened. This library sets the connect retries and the delays between them. Default: none.</value>
    public ConfigurationOptions? ConfigurationOptions { get; set; }

    /// <summary>
    /// Returns a connection that the application owns and this library never disposes. The factory can be set in code only. The factory is called separately
    /// for the keys, for trusted apps and for one-time tokens, and again after a call failed or the returned connection was disposed.
    /// </summary>
    /// <value>Default: none.</value>
    public Func<Task<IConnectionMultiplexer>>? ConnectionMultiplexerFactory { get; set; }

    /// <summary>The encryption of the shared secrets in Redis.</summary>
    /// <value>Default: off.</value>
    public RewtSealingOptions Sealing { get; } = new();

    /// <summary>A sealing key is in the same settings file as the connection string.</summary>
    internal bool IsSealingKeyBesideConnection { get; set; }

    /// <summary>
    /// The namespace that attestations (signatures of certificates) in the key sets of <see cref="VerificationKeys"/> must name. A named scheme with such keys gets its own,
    /// which its signers do not know.
    /// </summary>
    internal string AttestedNamespace { get => field ?? Namespace; set; }

    /// <summary>
    /// <see cref="Redis"/> was taken from <c>ConnectionStrings:redis</c>. Other libraries read that setting too, so a registered multiplexer takes
    /// precedence over it.
    /// </summary>
    internal bool IsRedisFallback { get; set; }

    /// <summary>How long a key signs before the next key becomes current; the TTL of the Redis key.</summary>
    /// <value>From ten times the effective <see cref="RefreshInterval"/> to 3,650 days. Default 24 hours.</value>
    public TimeSpan RotationInterval { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long a token that this service signs is valid (<c>exp</c> − <c>iat</c>).</summary>
    /// <value>From 1 second to <see cref="MaxTokenLifetime"/>, in whole seconds. Default 60 seconds.</value>
    public TimeSpan TokenLifetime { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest <c>exp</c> − <c>iat</c> that this service accepts; retired keys are kept at least that long.</summary>
    /// <value>From <see cref="TokenLifetime"/> to 31 days. Default 5 minutes.</value>
    public TimeSpan MaxTokenLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How far the clocks of two services may differ.</summary>
    /// <value>From zero to 10 minutes. Default 30 seconds.</value>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The maximum age of an instance's view of the key ring while Redis is reachable: the longest delay of a revocation whose push message is lost.
    /// </summary>
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

    /// <summary>
    /// How long known keys remain in use while Redis is unreachable. After that, signing throws <see cref="RewtKeysUnavailableException"/> and
    /// receivers answer 503.
    /// </summary>
    /// <value>At least the effective <see cref="RefreshInterval"/>. Default 1 hour.</value>
    public TimeSpan StaleBudget { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Also accept tokens of Node's <c>rewt</c>: HS256 without <c>kid</c>. Such tokens contain only <c>iat</c>, and are valid for <see cref="MaxTokenLifetime"/>.
    /// Such tokens name no issuer and no audience, so every service of the namespace with this setting accepts them.
    /// </summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool AcceptNodeTokens { get; set; }

    /// <summary>
    /// Permit plain HTTP to hosts other than loopback, for sending tokens and for fetching <see cref="VerificationKeys"/>. An attacker on the network path can
    /// then read and reuse tokens, and substitute keys.
    /// </summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool AllowInsecureHttp { get; set; }

    /// <summary>Settings of the receiver for tokens that are bound to their request.</summary>
    /// <value>Default: bodies up to 1 MiB, and a path that no proxy changes.</value>
    public RewtBindingOptions Binding { get; } = new();

    /// <summary>
    /// Put the precise reason of a refusal into the body of the 401, as problem details (RFC 9457). Use this setting in development only, because
    /// every caller sees the reason.
    /// </summary>
    /// <value>Default <see langword="true"/> in the environment <c>Development</c>, otherwise <see langword="false"/>.</value>
    public bool ExplainRefusals { get; set; }

    /// <summary>Keys of each tenant (or each user), which are derived from the secret of the namespace. See <see cref="IRewtTenants"/>.</summary>
    /// <value>Default: disabled.</value>
    public RewtTenantOptions Tenants { get; } = new();

    /// <summary>The kind of key in effect: keys from files, addresses and certificates are key pairs, whatever <see cref="KeyMode"/> says.</summary>
    internal KeyMode EffectiveKeyMode => ConfiguredKeySource.IsConfigured(this) ? KeyMode.KeyPair : KeyMode;

    /// <summary>The errors of the configuration section, which the validation reports together with all others.</summary>
    internal List<string> Problems { get; } = [];

    /// <summary>Sets the properties that the configuration section contains. All others keep their values.</summary>
    internal void Bind(IConfiguration configuration) => SettingsSection.Read(configuration, this);
}
