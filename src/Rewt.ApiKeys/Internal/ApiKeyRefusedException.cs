using Microsoft.AspNetCore.Authentication;

namespace Rewt.Internal;

/// <summary>Reports a rejected API key with a fixed message that contains no part of the key.</summary>
internal sealed class ApiKeyRefusedException() : AuthenticationFailureException(Text)
{
    public const string Text = "The API key is not valid";
}
