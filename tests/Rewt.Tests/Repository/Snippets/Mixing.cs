namespace Rewt.Tests.Repository.Snippets;

/// <summary>The code of docs/mixing-with-user-jwts.md that selects the scheme by the token.</summary>
internal static class Mixing
{
    public static void Register(WebApplicationBuilder builder)
    {
        // snippet: either
        builder.Services.AddAuthentication("Either")
            .AddJwtBearer("Bearer", options => options.Authority = "https://idp.example")
            .AddRewt()
            .AddPolicyScheme("Either", null, options =>
                options.ForwardDefaultSelector = context => IsOurs(context.Request.Headers.Authorization.ToString()) ? "Rewt" : "Bearer");
        // end of snippet

        // snippet: is-ours
        static bool IsOurs(string header)
        {
            if (header.Length >= 8192 || !header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) return false;
            try
            {
                return new Microsoft.IdentityModel.JsonWebTokens.JsonWebToken(header[7..].Trim()).Typ == "rewt+jwt";
            }
            catch (ArgumentException)
            {
                return false;   // not a JWT: the other scheme refuses it
            }
        }
        // end of snippet
    }
}
