using Microsoft.AspNetCore.Authentication;

namespace Rewt.Internal;

/// <summary>
/// The failure that <see cref="ApiKeyHandler"/> returns for a refused API key. The message is a fixed text and contains no part of the key.
/// </summary>
internal sealed class ApiKeyRefusedException() : AuthenticationFailureException(Text)
{
    public const string Text = "The API key is not valid";
}
