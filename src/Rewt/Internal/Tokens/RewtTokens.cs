using System.Text.Json;

namespace Rewt.Internal;

/// <summary>Signing and verifying outside HTTP, on one ring.</summary>
internal sealed class RewtTokens(TokenSigner signer, IIssuerSigningKeyResolver resolver, RewtOptions options, TimeProvider time, RingMetrics metrics) : IRewtTokens
{
    private readonly TokenVerifier _data = new(new TokenPolicy(options, TokenTypes.Data, null), resolver, time);
    private readonly TokenVerifier _bearer = new(new TokenPolicy(options, TokenTypes.Bearer, [options.ServiceName!]) { TakesNamespace = true }, resolver, time);

    public Task<string> SignAsync<T>(T value, CancellationToken cancellationToken = default) => value switch
    {
        // Overload resolution prefers T to a conversion, so text and bytes come here as well.
        string text => SignAsync(text, cancellationToken),
        byte[] bytes => SignAsync(bytes.AsMemory(), cancellationToken),
        Memory<byte> bytes => SignAsync((ReadOnlyMemory<byte>)bytes, cancellationToken),
        ReadOnlyMemory<byte> bytes => SignAsync(bytes, cancellationToken),
        _ => SignDataAsync(DataContent.Json, json => JsonSerializer.Serialize(json, value, JsonSerializerOptions.Web), cancellationToken),
    };

    public Task<string> SignAsync(string value, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(value);
        return SignDataAsync(DataContent.Text, json => json.WriteStringValue(value), cancellationToken);
    }

    public Task<string> SignAsync(ReadOnlyMemory<byte> value, CancellationToken cancellationToken = default) =>
        SignDataAsync(DataContent.Bytes, json => DataContent.WriteBytes(json, value.Span), cancellationToken);

    public async Task<RewtVerification> VerifyAsync(string token, CancellationToken cancellationToken = default) =>
        new(await VerifyAsync(_data, token, cancellationToken).ConfigureAwait(false));

    public async Task<string> CreateBearerAsync(
        string? audience = null, IReadOnlyDictionary<string, object>? claims = null, CancellationToken cancellationToken = default) =>
        (await signer.SignBearerAsync(audience, claims, cancellationToken).ConfigureAwait(false)).Value;

    public async Task<RewtVerification> VerifyBearerAsync(string token, CancellationToken cancellationToken = default) =>
        new(await VerifyAsync(_bearer, token, cancellationToken).ConfigureAwait(false));

    private ValueTask<TokenVerdict> VerifyAsync(TokenVerifier verifier, string token, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(token);
        return metrics.CountAsync(verifier.VerifyAsync(token, cancellationToken));
    }

    private async Task<string> SignDataAsync(string contentType, Action<Utf8JsonWriter> data, CancellationToken cancellationToken) =>
        (await signer.SignDataAsync(contentType, data, cancellationToken).ConfigureAwait(false)).Value;
}
