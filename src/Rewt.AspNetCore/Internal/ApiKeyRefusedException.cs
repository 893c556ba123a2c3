using Microsoft.AspNetCore.Authentication;

namespace Rewt.Internal;

/// <summary>A refused key, with a fixed text and nothing of the key.</summary>
internal sealed class ApiKeyRefusedException() : AuthenticationFailureException(Text)
{
    public const string Text = "The API key is not valid";
}
