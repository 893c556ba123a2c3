using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>Defaults of our schemes among JwtBearer's options, where the application has said nothing else.</summary>
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

        // Where there are none the base makes some for each request.
        if (options.EventsType is null) options.Events ??= new JwtBearerEvents();
        var parameters = options.TokenValidationParameters;
        // The one who calls is the service that signed.
        if (parameters.NameClaimType == ClaimsIdentity.DefaultNameClaimType) parameters.NameClaimType = "iss";
        if (parameters.RoleClaimType == ClaimsIdentity.DefaultRoleClaimType) parameters.RoleClaimType = "role";
        // Which scheme vouches for an identity, for what is decided by the caller's name.
        parameters.AuthenticationType ??= name;
        // Any service of the namespace may sign, unless the application names issuers.
        parameters.ValidateIssuer &= parameters.ValidIssuer is not null || parameters.ValidIssuers?.Any() == true || parameters.IssuerValidator is not null;
    }

    private bool IsOurs(string? name) => schemes.Any(scheme => scheme.Name == name);
}
