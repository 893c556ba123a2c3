using System.Buffers;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Rewt.Internal;

/// <summary>Checks that a bound token is shown with the request it is bound to, and uses up a one-time token.</summary>
internal sealed class RequestCheck(RewtOptions options, OneTimeTokens oneTime)
{
    private const int ChunkSize = 16 * 1024;

    /// <summary>Returns why the token is refused with this request, or <see langword="null"/>.</summary>
    /// <exception cref="RewtKeysUnavailableException">The store of used tokens did not answer.</exception>
    public async ValueTask<TokenRefusal?> CheckAsync(HttpContext context, TokenClaims claims)
    {
        var (method, target, body, message, _) = claims.Binding!;
        if (message is not null) return new(RefusalReason.OtherRequest);
        if (method is not null && method != context.Request.Method) return new(RefusalReason.OtherRequest);
        if (target is not null && !(TargetOf(context) is { } received && target == TokenBinding.HashOf(received))) return new(RefusalReason.OtherRequest);
        if (body is not null && await CheckBodyAsync(context, body) is { } refusal) return refusal;
        return await oneTime.UseAsync(claims, context.RequestAborted);
    }

    /// <summary>
    /// Returns path and query as the caller sent them; <see langword="null"/> if they are unknown. Decoded paths are not compared, because several
    /// targets decode to the same path.
    /// </summary>
    private string? TargetOf(HttpContext context)
    {
        if (context.Features.Get<IHttpRequestFeature>()?.RawTarget is not { Length: > 0 } target) return null;

        // The absolute form (RFC 9112 §3.2.2), which clients send to a proxy.
        if (target[0] != '/' && target.IndexOf("://", StringComparison.Ordinal) is > 0 and var scheme)
        {
            var start = target.AsSpan(scheme + 3).IndexOfAny('/', '?');
            target = start < 0 ? "/" : target[(scheme + 3 + start)..];
            if (target[0] == '?') target = "/" + target;
        }

        if (options.ProxyAddsPath is { } added)
        {
            if (!target.StartsWith(added, StringComparison.Ordinal)) return null;
            target = target[added.Length..];
            if (target.Length == 0 || target[0] == '?') target = "/" + target;
            else if (target[0] != '/') return null;
        }

        return options.ProxyRemovesPath + target;
    }

    private async ValueTask<TokenRefusal?> CheckBodyAsync(HttpContext context, string expected)
    {
        var request = context.Request;
        var tooLong = new TokenRefusal(RefusalReason.BodyTooLong, null, (double)options.MaxBoundBodyBytes);
        // Decided by the header, so that a caller that waits for 100 Continue sends no body in vain.
        if (request.ContentLength > options.MaxBoundBodyBytes) return tooLong;

        using var hash = TokenBinding.BeginBody(Text(request.Headers.ContentType), Text(request.Headers.ContentEncoding));
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != false)
        {
            request.EnableBuffering();
            var position = request.Body.Position;
            request.Body.Position = 0;
            var isWhole = await ReadAsync(request.Body, hash, context.RequestAborted);
            // The endpoint reads the body from the start, and what was not read from the connection after that.
            request.Body.Position = position;
            if (!isWhole) return tooLong;
        }

        return TokenBinding.EndBody(hash) == expected ? null : new TokenRefusal(RefusalReason.OtherBody);

        static string? Text(StringValues values) => values.Count > 1 ? string.Join(", ", values.AsEnumerable()) : values.ToString();
    }

    /// <summary>Reads the body up to the limit. Returns whether that was all of it.</summary>
    private async ValueTask<bool> ReadAsync(Stream body, IncrementalHash hash, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkSize);
        try
        {
            for (long length = 0; ;)
            {
                var count = await body.ReadAsync(buffer, cancellationToken);
                if (count == 0) return true;
                length += count;
                if (length > options.MaxBoundBodyBytes) return false;
                hash.AppendData(buffer, 0, count);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
