using System.Net.Http.Headers;

namespace Rewt.Internal;

/// <summary>
/// The token or API key that a request was sent with and the origin that it was meant for, as <see cref="CredentialHistory"/> returns them to
/// <see cref="RefusalLog"/> after a 401.
/// </summary>
/// <param name="Origin">The origin that they were attached for.</param>
/// <param name="Header">The <c>Authorization</c> header.</param>
/// <param name="Token">The token; <see langword="null"/> for an API key.</param>
/// <param name="IsOnRequest">Whether the request still had them when it was answered.</param>
internal readonly record struct SentCredentials(Origin Origin, AuthenticationHeaderValue Header, BearerToken? Token, bool IsOnRequest)
{
    /// <summary>Returns the name of the type; the credentials are never included.</summary>
    public override string ToString() => nameof(SentCredentials);
}
