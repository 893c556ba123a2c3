using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>
/// Sets defaults in the <c>JwtBearerOptions</c> of Rewt's schemes. For example, the issuer of a token becomes the name of the user. Values that the
/// application has set are kept.
/// </summary>
internal sealed class RewtBearerSetup(IEnumerable<RewtScheme> schemes) : IConfigureNamedOptions<JwtBearerOptions>, IPostConfigureOptions<JwtBearerOptions>
{
    public void Configure(JwtBearerOptions options)
    {
    }

    public void Configure(string? name, JwtBearerOptions options)
    {
        if (IsOurs(name)) options.MapInboundClaims = false;
    }

    public void PostConfigure(string? name, JwtBearerOptions options)
    {
        if (!IsOurs(name)) return;

        // Without an instance, the base class creates an events object for each request.
        if (options.EventsType is null) options.Events ??= new JwtBearerEvents();
        var parameters = options.TokenValidationParameters;
        // The caller is the service that signed the token.
        if (parameters.NameClaimType == ClaimsIdentity.DefaultNameClaimType) parameters.NameClaimType = "iss";
        // With mapping, the claims 'role' and 'roles' have the default type of .NET.
        if (!options.MapInboundClaims && parameters.RoleClaimType == ClaimsIdentity.DefaultRoleClaimType) parameters.RoleClaimType = "role";
        // RequireCaller decides by the scheme that authenticated an identity.
        parameters.AuthenticationType ??= name;
        // Any service of the namespace may sign, unless the application names issuers.
        parameters.ValidateIssuer &= parameters.ValidIssuer is not null || parameters.ValidIssuers?.Any() == true || parameters.IssuerValidator is not null;
    }

    private bool IsOurs(string? name) => schemes.Any(scheme => scheme.Name == name);
}
