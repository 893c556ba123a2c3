using System.Net.Http.Headers;

namespace Rewt.Internal;

/// <summary>
/// The token or API key of a sent request, and the origin for which the credentials were attached. <see cref="CredentialHistory"/> returns these
/// values to <see cref="RefusalLog"/> after a 401.
/// </summary>
/// <param name="Origin">The origin for which the credentials were attached.</param>
/// <param name="Header">The <c>Authorization</c> header with the credentials.</param>
/// <param name="Token">The token; <see langword="null"/> for an API key.</param>
/// <param name="IsOnRequest">Whether the request still had the credentials when the response arrived.</param>
internal readonly record struct SentCredentials(Origin Origin, AuthenticationHeaderValue Header, BearerToken? Token, bool IsOnRequest)
{
    /// <summary>Returns the name of the type, without the credentials.</summary>
    public override string ToString() => nameof(SentCredentials);
}
