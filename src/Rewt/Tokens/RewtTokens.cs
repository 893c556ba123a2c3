using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Rewt.Internal;

/// <summary>
/// The implementation of the public services <see cref="IRewtTokens"/> and <see cref="IRewtSignedData"/>. The class signs and verifies bearer tokens
/// and data outside HTTP calls, with the keys of one namespace or one tenant.
/// </summary>
internal sealed class RewtTokens : IRewtTokens, IRewtSignedData
{
    private readonly Func<TokenSigner> _signer;
    private readonly TokenVerifier _data;
    private readonly TokenVerifier _bearer;
    private readonly OneTimeTokens _oneTime;
    private readonly RingMetrics _metrics;
    private readonly string? _tenant;

    public RewtTokens(Func<TokenSigner> signer, IIssuerSigningKeyResolver resolver, KeyRingResolver rings, RewtOptions options, TimeProvider time, OneTimeTokens oneTime, RingMetrics metrics)
    {
        (_signer, _oneTime, _metrics) = (signer, oneTime, metrics);
        _data = new TokenVerifier(new TokenPolicy(options, TokenTypes.Data, null), resolver, rings, time);
        _bearer = new TokenVerifier(new TokenPolicy(options, TokenTypes.Bearer, [options.ServiceName!]) { TakesNamespace = true }, resolver, rings, time);
    }

    private RewtTokens(RewtTokens all, string tenant, TokenSigner signer)
    {
        (_data, _bearer, _oneTime, _metrics, _tenant) = (all._data, all._bearer, all._oneTime, all._metrics, tenant);
        _signer = () => signer;
    }

    /// <summary>Creates an object for one tenant, which refuses the tokens of other tenants.</summary>
    public RewtTokens For(string tenant, TokenSigner signer) => new(this, tenant, signer);

    [RequiresUnreferencedCode("JSON by reflection may need members that are trimmed; pass a JsonTypeInfo.")]
    [RequiresDynamicCode("JSON by reflection needs code made at run time; pass a JsonTypeInfo.")]
    public Task<string> SignAsync<T>(T value, CancellationToken cancellationToken = default) =>
        SignDataAsync(DataContentTypes.Json, json => JsonSerializer.Serialize(json, value, JsonSerializerOptions.Web), cancellationToken);

    public Task<string> SignAsync<T>(T value, JsonTypeInfo<T> typeInfo, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(typeInfo);
        return SignDataAsync(DataContentTypes.Json, json => JsonSerializer.Serialize(json, value, typeInfo), cancellationToken);
    }

    public Task<string> SignTextAsync(string value, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(value);
        return SignDataAsync(DataContentTypes.Text, json => json.WriteStringValue(value), cancellationToken);
    }

    public Task<string> SignBytesAsync(ReadOnlyMemory<byte> value, CancellationToken cancellationToken = default) =>
        SignDataAsync(DataContentTypes.Bytes, json => DataContentTypes.WriteBytes(json, value.Span), cancellationToken);

    public async Task<RewtVerification> VerifyAsync(string token, CancellationToken cancellationToken = default) =>
        RewtVerification.Of(await VerifyAsync(_data, token, null, cancellationToken).ConfigureAwait(false));

    public Task<string> CreateBearerAsync(
        string? audience = null, IReadOnlyDictionary<string, object>? claims = null, CancellationToken cancellationToken = default) =>
        CreateBearerAsync(audience, claims, null, cancellationToken);

    /// <summary>Creates a bearer token that is bound to a request or a message.</summary>
    public async Task<string> CreateBearerAsync(
        string? audience, IReadOnlyDictionary<string, object>? claims, TokenBinding? binding, CancellationToken cancellationToken) =>
        (await _signer().SignBearerAsync(audience, claims, binding, cancellationToken).ConfigureAwait(false)).Value;

    public async Task<RewtVerification> VerifyBearerAsync(string token, CancellationToken cancellationToken = default) =>
        RewtVerification.Of(await VerifyAsync(_bearer, token, null, cancellationToken).ConfigureAwait(false));

    public Task<string> CreateMessageBearerAsync(
        ReadOnlyMemory<byte> message, string? audience = null, IReadOnlyDictionary<string, object>? claims = null, bool oneTime = false, CancellationToken cancellationToken = default) =>
        CreateBearerAsync(audience, claims, new TokenBinding(Message: TokenBinding.HashOf(message.Span), IsOneTime: oneTime), cancellationToken);

    /// <summary>
    /// Verifies a bearer token without comparing its binding with a request. A one-time token is not recorded as used. The method is for tests of the
    /// tokens that a service sends.
    /// </summary>
    public async Task<RewtVerification> VerifyUnboundAsync(string token, CancellationToken cancellationToken) =>
        RewtVerification.Of(await _bearer.VerifyAsync(token, cancellationToken).ConfigureAwait(false));

    public async Task<RewtVerification> VerifyMessageAsync(string token, ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default) =>
        RewtVerification.Of(await VerifyAsync(_bearer, token, TokenBinding.HashOf(message.Span), cancellationToken).ConfigureAwait(false));

    private async ValueTask<TokenResult> VerifyAsync(TokenVerifier verifier, string token, string? message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(token);
        return await _metrics.CountAsync(VerifyAndUseAsync(verifier, token, message, cancellationToken)).ConfigureAwait(false);
    }

    private async ValueTask<TokenResult> VerifyAndUseAsync(TokenVerifier verifier, string token, string? message, CancellationToken cancellationToken)
    {
        var parsed = verifier.Read(token);
        var verdict = parsed.Outcome ?? await verifier.VerifyAsync(parsed, cancellationToken).ConfigureAwait(false);
        if (!verdict.IsValid) return verdict;

        var claims = verdict.Claims!;
        if (_tenant is not null && claims.Tenant != _tenant) return TokenResult.Refused(RefusalReason.OtherTenant, claims.Tenant);
        // Data tokens are never bound: their content is one claim.
        if (verifier == _data) return verdict;
        if (message is not null && claims.Binding?.Message is null) return TokenResult.Refused(RefusalReason.NotBound);
        if (claims.Binding is { } binding && (binding.IsForRequest || binding.Message != message)) return TokenResult.Refused(RefusalReason.OtherRequest);
        if (await _oneTime.UseAsync(claims, cancellationToken).ConfigureAwait(false) is { } refusal) return new TokenResult(refusal);
        // The key or the tenant may have been revoked while Redis recorded the use.
        return claims.Binding is { IsOneTime: true } ? await verifier.ConfirmAsync(verdict, parsed, cancellationToken).ConfigureAwait(false) : verdict;
    }

    private async Task<string> SignDataAsync(string contentType, Action<Utf8JsonWriter> data, CancellationToken cancellationToken) =>
        (await _signer().SignDataAsync(contentType, data, cancellationToken).ConfigureAwait(false)).Value;
}
