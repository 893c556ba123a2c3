using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>Which ring a scheme stands on, and its verifier, made once for each set of options.</summary>
internal sealed class RewtSchemes(
    IIssuerSigningKeyResolver resolver, IOptionsMonitor<RewtOptions> rings, RingRegistry registry, TimeProvider time)
{
    private readonly ConditionalWeakTable<JwtBearerOptions, TokenVerifier> _verifiers = [];

    /// <summary>The main scheme stands on the main ring, a named one on the ring of its name.</summary>
    public static string RingOf(string scheme) => scheme == RewtDefaults.AuthenticationScheme ? Options.DefaultName : scheme;

    public TokenVerifier Verifier(string scheme, JwtBearerOptions options) =>
        _verifiers.TryGetValue(options, out var known) ? known : _verifiers.GetValue(options, key => Create(scheme, key));

    public RingMetrics Metrics(string scheme) => registry.Keeper(rings.Get(RingOf(scheme)).Namespace).Metrics;

    private TokenVerifier Create(string scheme, JwtBearerOptions options)
    {
        var ring = rings.Get(RingOf(scheme));
        var parameters = options.TokenValidationParameters;
        return new TokenVerifier(new TokenPolicy(ring, TokenTypes.Bearer, Audiences(ring, options), parameters) { MapInboundClaims = options.MapInboundClaims }, resolver, time);
    }

    /// <summary>This service and the namespace, unless the application names others.</summary>
    private static HashSet<string> Audiences(RewtOptions ring, JwtBearerOptions options)
    {
        var parameters = options.TokenValidationParameters;
        var named = new[] { options.Audience, parameters.ValidAudience }.Concat(parameters.ValidAudiences ?? []).OfType<string>().ToHashSet(StringComparer.Ordinal);
        return named.Count > 0 ? named : [ring.ServiceName!, ring.Namespace];
    }
}
