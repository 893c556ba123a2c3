using Microsoft.Extensions.Configuration;
using Rewt.Internal;
using StackExchange.Redis;

namespace Rewt;

/// <summary>
/// Settings of one namespace (trust domain): the name of this service, where the keys are stored, when they rotate, and which tokens this service
/// accepts. The settings are read from the configuration section <c>Rewt</c> under the same names. All settings are validated when the application
/// starts.
/// </summary>
public sealed class RewtOptions
{
    private TimeSpan? _refreshInterval;
    private TimeSpan? _propagationDelay;

    /// <summary>The name of the trust domain, which is also the prefix of every Redis key.</summary>
    /// <value>Letters, digits, <c>.</c> <c>_</c> <c>-</c> <c>:</c>, at most 128 characters. Default <c>rewt</c>.</value>
    public string Namespace { get; set; } = "rewt";

    /// <summary>
    /// The name of this service. The name is the issuer (<c>iss</c>) of the tokens that this service signs, and the audience (<c>aud</c>) of the
    /// tokens that it accepts.
    /// </summary>
    /// <value>Letters, digits, <c>.</c> <c>_</c> <c>-</c>, at most 128 characters. Default: the application's name.</value>
    public string? ServiceName { get; set; }

    /// <summary>
    /// The kind of key in Redis that this service signs with and accepts. The setting has no effect if <see cref="SigningKey"/> or
    /// <see cref="VerificationKeys"/> is set.
    /// </summary>
    /// <value>Default <see cref="KeyMode.SharedSecret"/>.</value>
    public KeyMode KeyMode
    {
        get;
        set => (field, HasKeyMode) = (value, true);
    }

    /// <summary>
    /// A second <see cref="KeyMode"/> whose tokens this service also accepts. Use this setting during a migration from one mode to the other. The key
    /// determines the algorithm of the verification: a token whose header names another algorithm is refused.
    /// </summary>
    /// <value>Default <see langword="null"/>: only tokens of <see cref="KeyMode"/> are accepted.</value>
    public KeyMode? AlsoAccept { get; set; }

    /// <summary>Settings of the key pairs that this service signs with. The settings apply to generated key pairs and to configured keys.</summary>
    /// <value>Default: ES256.</value>
    public RewtKeyPairOptions KeyPairs { get; } = new();

    /// <summary>The names of the services that may call this service. A token whose issuer (<c>iss</c>) is not in the list is refused.</summary>
    /// <value>Service names. Default: empty, which permits every service of the namespace.</value>
    public IList<string> TrustedIssuers { get; set => field = value ?? throw new ArgumentNullException(nameof(value), "TrustedIssuers must be a list."); } = [];

    /// <summary>Settings of the certificates that prove which service a key pair belongs to.</summary>
    /// <value>Default: no certificates. Only the access rules of Redis then protect the names of services.</value>
    public RewtIdentityOptions Identity { get; } = new();

    /// <summary>
    /// The private key that this service signs with, from a file or a certificate. If this setting or <see cref="VerificationKeys"/> is set, the
    /// service reads no keys from Redis.
    /// </summary>
    /// <value>Default: none.</value>
    public RewtSigningKeyOptions SigningKey { get; } = new();

    /// <summary>
    /// The public keys that verify the tokens of callers, instead of the keys in Redis. An entry can be a PEM file with a public key or a
    /// certificate, a file with a line <c>ssh-rsa AAAA…</c>, or a JWKS (RFC 7517 §5) in a file or at an https address. An entry can also be the text
    /// of such a file.
    /// </summary>
    /// <value>
    /// The owner of any of the corresponding private keys can sign in the name of every issuer. Set <see cref="TrustedIssuers"/> to limit the
    /// issuers. Default: none.
    /// </value>
    public IList<string> VerificationKeys { get; set => field = value ?? throw new ArgumentNullException(nameof(value), "VerificationKeys must be a list."); } = [];

    /// <summary>
    /// The claims that a bearer token must contain. Unless <see cref="VerificationKeys"/> is set, a list that is not empty must include <c>iss</c>,
    /// <c>aud</c>, <c>exp</c>, <c>iat</c> and <c>jti</c>. If <c>exp</c> is not required, a token without <c>exp</c> is valid for
    /// <see cref="MaxTokenLifetime"/> after its <c>iat</c>. A token without <c>exp</c> and <c>iat</c> is valid as long as its key is accepted.
    /// </summary>
    /// <value>Claim names. Default: empty, which means <c>iss</c>, <c>aud</c>, <c>exp</c>, <c>iat</c> and <c>jti</c>.</value>
    public IList<string> RequiredClaims { get; set => field = value ?? throw new ArgumentNullException(nameof(value), "RequiredClaims must be a list."); } = [];

    /// <summary>
    /// The StackExchange.Redis connection string: <c>host:port,password=...,ssl=true</c>. Set at most one of <see cref="Redis"/>,
    /// <see cref="ConfigurationOptions"/> and <see cref="ConnectionMultiplexerFactory"/>. Each of these settings takes precedence over an
    /// <see cref="IConnectionMultiplexer"/> in the service collection.
    /// </summary>
    /// <value>
    /// Default: none. A registered <see cref="IConnectionMultiplexer"/> is then used, first a keyed service with the key <see cref="Namespace"/>,
    /// then a service without a key. If none is registered, the configuration value <c>ConnectionStrings:redis</c> is used.
    /// </value>
    public string? Redis { get; set; }

    /// <summary>
    /// The options of the Redis connection, instead of the connection string <see cref="Redis"/>. Use this setting for options that a string cannot
    /// express, such as a client certificate. The options can be set in code only.
    /// </summary>
    /// <value>
    /// Rewt copies the object when it opens a connection, and replaces the number of connect retries and the delays between them. Default: none.
    /// </value>
    public ConfigurationOptions? ConfigurationOptions { get; set; }

    /// <summary>
    /// A delegate that returns a Redis connection. The application owns the connection, and Rewt never disposes it. The delegate can be set in code
    /// only. Rewt calls the delegate once for the keys, once for trusted apps and once for one-time tokens. Rewt calls the delegate again if a call
    /// failed or the returned connection was disposed.
    /// </summary>
    /// <value>Default: none.</value>
    public Func<Task<IConnectionMultiplexer>>? ConnectionMultiplexerFactory { get; set; }

    /// <summary>Settings of the encryption of the shared secrets in Redis.</summary>
    /// <value>Default: off.</value>
    public RewtSealingOptions Sealing { get; } = new();

    /// <summary>Whether a sealing key is in the same settings file as the Redis connection string.</summary>
    internal bool IsSealingKeyBesideConnection { get; set; }

    /// <summary>
    /// The namespace that an attestation (the signature of a certificate) in a JWKS of <see cref="VerificationKeys"/> must name. If a named scheme with
    /// configured keys sets no <see cref="Namespace"/>, the name of the scheme becomes its <see cref="Namespace"/>. The signers do not know this name,
    /// so <see cref="AttestedNamespace"/> is then the default namespace.
    /// </summary>
    internal string AttestedNamespace { get => field ?? Namespace; set; }

    /// <summary>
    /// Whether <see cref="Redis"/> was taken from <c>ConnectionStrings:redis</c>. A registered <see cref="IConnectionMultiplexer"/> takes precedence
    /// over <c>ConnectionStrings:redis</c>, because this connection string may belong to another library.
    /// </summary>
    internal bool IsRedisFallback { get; set; }

    /// <summary>How long a key signs before the next key becomes current. The interval is also the TTL of the secret in Redis.</summary>
    /// <value>From ten times the effective <see cref="RefreshInterval"/> to 3,650 days. Default 24 hours.</value>
    public TimeSpan RotationInterval { get; set; } = TimeSpan.FromHours(24);

    /// <summary>The lifetime of the tokens that this service signs (<c>exp</c> − <c>iat</c>).</summary>
    /// <value>From 1 second to <see cref="MaxTokenLifetime"/>, in whole seconds. Default 60 seconds.</value>
    public TimeSpan TokenLifetime { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The longest token lifetime (<c>exp</c> − <c>iat</c>) that this service accepts. A retired key still verifies tokens for at least this time, even if
    /// a service with a smaller value rotates the shared secret.
    /// </summary>
    /// <value>From <see cref="TokenLifetime"/> to 31 days, and at most 1,000 times <see cref="RotationInterval"/>. Default 5 minutes.</value>
    public TimeSpan MaxTokenLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The largest permitted difference between the clocks of two services.</summary>
    /// <value>From zero to 10 minutes. Default 30 seconds.</value>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The longest time between two reads of the key ring while Redis is reachable. An instance that misses the push message of a revocation learns
    /// of the revocation within this time.
    /// </summary>
    /// <value>From 100 milliseconds to 31 days. Default: 5 seconds or a tenth of <see cref="RotationInterval"/>, whichever is less.</value>
    public TimeSpan RefreshInterval
    {
        get => _refreshInterval ?? TimeSpan.FromTicks(Math.Min(TimeSpan.FromSeconds(5).Ticks, RotationInterval.Ticks / 10));
        set => _refreshInterval = value;
    }

    /// <summary>The time for which a pending key must have been published before it may sign.</summary>
    /// <value>From zero to less than <see cref="RotationInterval"/>. Default: twice the effective <see cref="RefreshInterval"/>.</value>
    public TimeSpan PropagationDelay
    {
        get => _propagationDelay ?? RefreshInterval * 2;
        set => _propagationDelay = value;
    }

    /// <summary>
    /// How long known keys remain in use while Redis is unreachable. After this time, signing throws a <see cref="RewtKeysUnavailableException"/>,
    /// and a receiver answers with status 503.
    /// </summary>
    /// <value>From the effective <see cref="RefreshInterval"/> to 3,650 days. Default 1 hour.</value>
    public TimeSpan StaleBudget { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Whether this service also accepts tokens of the Node module <c>rewt</c>, which are signed with HS256 and have no <c>kid</c>. Of the registered
    /// claims (RFC 7519 §4.1), a token of the Node module contains only <c>iat</c>. The token is valid for <see cref="MaxTokenLifetime"/>. The token
    /// names no issuer and no audience, so every service of the namespace with this setting accepts the token.
    /// </summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool AcceptNodeTokens { get; set; }

    /// <summary>
    /// Whether tokens may be sent, and <see cref="VerificationKeys"/> may be fetched, over plain HTTP to hosts other than loopback. An attacker on
    /// the network path can then read and reuse tokens, and replace keys.
    /// </summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool AllowInsecureHttp { get; set; }

    /// <summary>Settings of the receiver for tokens that are bound to their request.</summary>
    /// <value>Default: bodies up to 1 MiB, and a path that no proxy changes.</value>
    public RewtBindingOptions Binding { get; } = new();

    /// <summary>
    /// Whether the body of a 401 response contains the precise reason of the refusal, as problem details (RFC 9457). Use this setting in development
    /// only, because every caller can read the reason.
    /// </summary>
    /// <value>Default <see langword="true"/> in the environment <c>Development</c>, otherwise <see langword="false"/>.</value>
    public bool ExplainRefusals { get; set; }

    /// <summary>
    /// Settings of the keys of tenants. The keys of each tenant (or each user) are derived from the secret of the namespace. See
    /// <see cref="IRewtTenants"/>.
    /// </summary>
    /// <value>Default: disabled.</value>
    public RewtTenantOptions Tenants { get; } = new();

    /// <summary>Whether the application has set <see cref="KeyMode"/>.</summary>
    internal bool HasKeyMode { get; private set; }

    /// <summary>
    /// The kind of key that is in effect. Keys from files, addresses and certificates are key pairs, regardless of <see cref="KeyMode"/>.
    /// </summary>
    internal KeyMode EffectiveKeyMode => ConfiguredKeySource.IsConfigured(this) ? KeyMode.KeyPair : KeyMode;

    /// <summary>
    /// The errors that were found when the configuration section was read. The validator reports these errors together with the errors that the
    /// validator itself finds.
    /// </summary>
    internal List<string> Problems { get; } = [];

    /// <summary>
    /// The configuration sections that were read. The validator reports each list in these sections that a later configuration source shortens.
    /// </summary>
    internal List<IConfiguration> Sections { get; } = [];

    /// <summary>
    /// The path of the configuration section, which messages put before the name of a setting. If several sections were read, the path is that of the
    /// last one, which takes precedence.
    /// </summary>
    internal string Section { get; set; } = SettingsSection.Name;

    /// <summary>The path of the section with the connection. A named scheme can inherit the connection of the main settings.</summary>
    internal string ConnectionSection { get => field ?? Section; set; }

    /// <summary>Sets the properties that the configuration section contains. All other properties keep their values.</summary>
    internal void Bind(IConfiguration configuration)
    {
        Sections.Add(configuration);
        if (configuration is IConfigurationSection section) Section = section.Path;
        SettingsSection.Read(configuration, this);
    }
}
