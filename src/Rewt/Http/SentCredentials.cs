using System.Net.Http.Headers;

namespace Rewt.Internal;

/// <summary>A token or API key that was attached to a request, with its origin, as a refusal is reported.</summary>
/// <param name="Origin">The origin that they were attached for.</param>
/// <param name="Header">The <c>Authorization</c> header.</param>
/// <param name="Token">The token; <see langword="null"/> for an API key.</param>
/// <param name="IsOnRequest">Whether the request still had them when it was answered.</param>
internal readonly record struct SentCredentials(Origin Origin, AuthenticationHeaderValue Header, BearerToken? Token, bool IsOnRequest)
{
    /// <summary>Returns the name of the type; the credentials are never included.</summary>
    public override string ToString() => nameof(SentCredentials);
}
