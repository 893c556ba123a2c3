using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Rewt.Internal;

/// <summary>
/// The HTTP endpoint that <c>MapRewtJwks</c> maps. The endpoint returns the public keys of this service as a JWK Set, or status 503 if the keys are
/// unavailable.
/// </summary>
internal sealed class JwksEndpoint(KeyRingProvider keyRing, RewtOptions options, TimeProvider time, ILogger logger)
{
    private const string MediaType = "application/jwk-set+json";

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];
    private static readonly TimeSpan NoKeyYet = TimeSpan.FromSeconds(1);

    private readonly RefusalThrottle<Type> _outages = new(time);

    private int _warned;

    public static IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints, string pattern, string scheme)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentNullException.ThrowIfNull(scheme);
        var services = endpoints.ServiceProvider;
        var ring = SchemeNames.OptionsNameOf(scheme);
        if (services.GetServices<RingRegistration>().All(registration => registration.Name != ring))
        {
            throw new InvalidOperationException($"MapRewtJwks serves the keys of the scheme '{scheme}', which is not registered. Call AddRewtAuthentication or AddRewtKeys first.");
        }

        // Settings are read at the first request, so that errors in them are reported by the validation at startup.
        var endpoint = new Lazy<JwksEndpoint>(() => new JwksEndpoint(
            services.GetRequiredKeyedService<KeyRingProvider>(ring),
            services.GetRequiredKeyedService<RewtOptions>(ring),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILoggerFactory>().CreateLogger("Rewt.Jwks")));
        var mapped = endpoints.MapMethods(pattern, Methods, context => endpoint.Value.AnswerAsync(context))
            .WithMetadata(new OutputCacheAttribute { NoStore = true }) // A base policy that caches everything ignores max-age in responses.
            .WithDisplayName("Rewt JWKS");
        mapped.Finally(AllowAnonymous);
        return mapped;
    }

    /// <summary>
    /// Allows anonymous access to the endpoint, even if the application has a fallback policy. Anonymous access is not allowed if the application
    /// explicitly requires authorization for this endpoint.
    /// </summary>
    private static void AllowAnonymous(EndpointBuilder endpoint)
    {
        if (!endpoint.Metadata.Any(data => data is IAuthorizeData or IAuthorizationRequirementData or AuthorizationPolicy)) endpoint.Metadata.Add(new AllowAnonymousAttribute());
    }

    private async Task AnswerAsync(HttpContext context)
    {
        try
        {
            await AnswerAsync(context, await KeysAsync(context.RequestAborted));
        }
        catch (RewtKeysUnavailableException exception)
        {
            if (_outages.IsDue(exception.GetType(), out var others)) logger.KeysUnavailableForJwks($"{exception.Message}{others}", StoreFailure.Unexplained(exception));
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers.RetryAfter = OutageAnswer.Seconds(exception.RetryAfter);
            context.Response.Headers.CacheControl = "no-store";
        }
    }

    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable.</exception>
    private async ValueTask<IReadOnlyList<(PublicKey Key, string? Attestation)>> KeysAsync(CancellationToken cancellationToken)
    {
        var signs = ConfiguredKeySource.IsConfigured(options) ? SigningKeySetting.IsConfigured(options) : options.KeyMode == KeyMode.KeyPair;
        if (!signs)
        {
            if (Interlocked.Exchange(ref _warned, 1) == 0) logger.NothingToServe(options.Section);
            return [];
        }

        // Creates the first key pair if there is none, so that verifiers know it before it signs.
        var keys = (await keyRing.GetSigningAsync(cancellationToken)).PublicKeysOf(options.ServiceName!, ClockReading.Now(time));
        return keys.Count > 0 ? keys : throw new RewtKeysUnavailableException($"The service '{options.ServiceName}' has no public key yet.", NoKeyYet);
    }

    private async Task AnswerAsync(HttpContext context, IReadOnlyList<(PublicKey Key, string? Attestation)> keys)
    {
        var body = Write(keys);
        var tag = new EntityTagHeaderValue($"\"{Base64Url.EncodeToString(SHA256.HashData(body).AsSpan(0, 16))}\"");
        var response = context.Response;
        response.Headers.ETag = tag.ToString();
        response.Headers.CacheControl = string.Create(CultureInfo.InvariantCulture, $"public, max-age={MaxAge}");
        if (context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(tag, useStrongComparison: false)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = MediaType;
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await response.Body.WriteAsync(body, context.RequestAborted);
    }

    /// <summary>
    /// The time in seconds for which a client may cache the response. A new key signs after the propagation delay at the earliest, but this instance
    /// can learn of another instance's key one refresh interval late. The time is therefore the propagation delay minus one refresh interval.
    /// </summary>
    private long MaxAge => Math.Max(0, (long)(options.PropagationDelay - options.RefreshInterval).TotalSeconds);

    private static byte[] Write(IReadOnlyList<(PublicKey Key, string? Attestation)> keys)
    {
        using var buffer = new MemoryStream(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("keys"u8);
            foreach (var (key, attestation) in keys.OrderBy(key => key.Key.KeyId.ToString(), StringComparer.Ordinal)) key.WriteTo(json, attestation);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
