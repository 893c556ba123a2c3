using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;

namespace Rewt.Internal;

/// <summary>The verdict on the token of one request.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Identity">The identity of an accepted token; the request's own.</param>
/// <param name="Properties">The properties of the ticket of an accepted token; the request's own.</param>
internal readonly record struct VerifiedRequest(TokenVerdict Verdict, ClaimsIdentity? Identity = null, AuthenticationProperties? Properties = null);
