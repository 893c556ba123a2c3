using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>
/// Sets defaults in the <c>JwtBearerOptions</c> of Rewt's schemes. Values that the application has set are kept. <see cref="RewtSchemes"/> sets the
/// defaults of the validation parameters.
/// </summary>
internal sealed class RewtBearerSetup(IEnumerable<RewtScheme> schemes) : IConfigureNamedOptions<JwtBearerOptions>
{
    public void Configure(JwtBearerOptions options)
    {
    }

    public void Configure(string? name, JwtBearerOptions options)
    {
        if (schemes.Any(scheme => scheme.Name == name)) options.MapInboundClaims = false;
    }
}
