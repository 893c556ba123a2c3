using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>
/// Turns off the mapping of claim types in the <c>JwtBearerOptions</c> of Rewt's schemes. A value that the application has set is kept.
/// <see cref="RewtSchemes"/> sets the defaults of the validation parameters.
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
