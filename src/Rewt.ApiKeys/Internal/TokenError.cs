using Microsoft.AspNetCore.Http;

namespace Rewt.Internal;

/// <summary>
/// An error of the token endpoint: the error code of RFC 6749 §5.2 or RFC 8707 §2, a fixed description and the HTTP status of the response.
/// </summary>
internal sealed record TokenError(string Code, string Description, int Status = StatusCodes.Status400BadRequest)
{
    public static readonly TokenError NotAForm = new("invalid_request", "The request is not a small application/x-www-form-urlencoded form");

    public static readonly TokenError Duplicate = new("invalid_request", "A parameter is given more than once");

    public static readonly TokenError TwoMethods = new("invalid_request", "The client authenticates in more than one way");

    public static readonly TokenError NoGrantType = new("invalid_request", "grant_type is missing");

    public static readonly TokenError OtherGrantType = new("unsupported_grant_type", "grant_type must be client_credentials");

    public static readonly TokenError InvalidClient = new("invalid_client", "The client is unknown or its secret is not valid", StatusCodes.Status401Unauthorized);

    public static readonly TokenError InvalidScope = new("invalid_scope", "scope is malformed or exceeds the scopes of the client");

    public static readonly TokenError TooManyScopes = new("invalid_scope", "The token would be too long. Request fewer scopes");

    public static readonly TokenError InvalidTarget = new("invalid_target", "audience or resource must name one service that the client may call");

    public static readonly TokenError TooMany = new("slow_down", "Too many requests", StatusCodes.Status429TooManyRequests);

    public static readonly TokenError Unavailable = new("temporarily_unavailable", "The clients are temporarily unavailable", StatusCodes.Status503ServiceUnavailable);
}
