using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>
/// Sets defaults in the <c>JwtBearerOptions</c> of Rewt's schemes. Values that the application has set are kept. <see cref="RewtSchemes"/> sets the
/// defaults of the validation parameters.
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
    }

    private bool IsOurs(string? name) => schemes.Any(scheme => scheme.Name == name);
}
