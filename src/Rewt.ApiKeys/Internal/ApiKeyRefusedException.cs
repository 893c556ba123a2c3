using Microsoft.AspNetCore.Authentication;

namespace Rewt.Internal;

/// <summary>The exception of a failed authentication with an API key. Its message is fixed and contains no part of the key.</summary>
internal sealed class ApiKeyRefusedException() : AuthenticationFailureException(Text)
{
    public const string Text = "The API key is not valid";
}
