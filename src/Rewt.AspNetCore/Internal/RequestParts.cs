using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Rewt.Internal;

/// <summary>Reads the parts of a received request that a token can be bound to: the path and query, and a hash of the body.</summary>
internal static class RequestParts
{
    private const int ChunkSize = 16 * 1024;

    /// <summary>
    /// Returns the path and query exactly as the caller sent them; <see langword="null"/> if they are not known or ambiguous. The decoded path is not
    /// used, because different encoded paths can have the same decoded path.
    /// </summary>
    public static string? Target(HttpContext context, RewtOptions options)
    {
        if (context.Features.Get<IHttpRequestFeature>()?.RawTarget is not { Length: > 0 } target) return null;

        // The absolute form (RFC 9112 §3.2.2), which clients send to a proxy.
        if (target[0] != '/' && target.IndexOf("://", StringComparison.Ordinal) is > 0 and var scheme)
        {
            // In this form, the server decodes these characters differently, so the endpoint could get another path than the one that is compared.
            if (target.AsSpan().IndexOfAny('%', '\\', '#') >= 0) return null;
            var start = target.AsSpan(scheme + 3).IndexOfAny('/', '?');
            target = start < 0 ? "/" : target[(scheme + 3 + start)..];
            if (target[0] == '?') target = "/" + target;
        }

        if (options.Binding.ProxyAddsPath is { } added)
        {
            if (!target.StartsWith(added, StringComparison.Ordinal)) return null;
            target = target[added.Length..];
            if (target.Length == 0 || target[0] == '?') target = "/" + target;
            else if (target[0] != '/') return null;
        }

        return options.Binding.ProxyRemovesPath + target;
    }

    /// <summary>
    /// Returns the hash of the body; <see langword="null"/> if the body is longer than <paramref name="maximum"/> bytes. If middleware has already
    /// read the body, the result is an empty text, which matches no token. Middleware has read the body if the length of the rest differs from the
    /// Content-Length, or if there is no Content-Length and a form was parsed. The endpoint can still read the body afterwards.
    /// </summary>
    public static async ValueTask<string?> HashBodyAsync(HttpContext context, int maximum)
    {
        var request = context.Request;
        // Decided by the header, so that a caller that waits for 100 Continue sends no body in vain.
        if (request.ContentLength > maximum) return null;

        var head = TokenBinding.BodyHead(Text(request.Headers.ContentType), Text(request.Headers.ContentEncoding));
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == false) return TokenBinding.HashOf(head);

        request.EnableBuffering();
        var position = request.Body.Position;
        request.Body.Position = 0;
        var hash = await HashAsync(head, request.Body, maximum, context.RequestAborted);
        var isRead = request.ContentLength is { } length ? request.Body.Position != length : request.Body.Position == 0 && HasForm(context);
        // The endpoint reads the buffered part, and after it what was not read from the connection.
        request.Body.Position = position;
        return hash is not null && isRead ? string.Empty : hash;
    }

    /// <summary>Returns whether middleware has parsed a form. After a failed antiforgery check, the form cannot be read.</summary>
    private static bool HasForm(HttpContext context) =>
        context.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: false } || context.Features.Get<IFormFeature>() is { Form: not null };

    private static string Text(StringValues values) => values.Count > 1 ? string.Join(", ", values.AsEnumerable()) : values.ToString();

    /// <summary>
    /// Returns the hash of the body; <see langword="null"/> if the body is longer than <paramref name="maximum"/> bytes. A body that fits into the
    /// buffer is hashed in one step.
    /// </summary>
    private static async ValueTask<string?> HashAsync(string head, Stream body, int maximum, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(ChunkSize, Encoding.UTF8.GetMaxByteCount(head.Length) + 1));
        IncrementalHash? hash = null;
        var used = buffer.Length;
        try
        {
            var (filled, length) = (Encoding.UTF8.GetBytes(head, buffer), 0L);
            while (await body.ReadAsync(buffer.AsMemory(filled), cancellationToken) is > 0 and var count)
            {
                length += count;
                if (length > maximum) return null;
                filled += count;
                if (filled < buffer.Length) continue;

                hash ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                hash.AppendData(buffer, 0, filled);
                filled = 0;
            }

            if (hash is null)
            {
                used = filled;
                return TokenBinding.HashOf(buffer.AsSpan(0, filled));
            }

            hash.AppendData(buffer, 0, filled);
            return Base64Url.EncodeToString(hash.GetHashAndReset());
        }
        finally
        {
            // A body may be secret, and the pool is shared.
            buffer.AsSpan(0, used).Clear();
            ArrayPool<byte>.Shared.Return(buffer);
            hash?.Dispose();
        }
    }
}
