using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;

namespace Rewt.Internal;

/// <summary>The verification result for the token of one request.</summary>
/// <param name="Verdict">The verification result.</param>
/// <param name="Identity">The identity of an accepted token. It belongs to this request alone.</param>
/// <param name="Properties">The ticket properties of an accepted token. They belong to this request alone.</param>
internal readonly record struct VerifiedRequest(TokenResult Verdict, ClaimsIdentity? Identity = null, AuthenticationProperties? Properties = null);
