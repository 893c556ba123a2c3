namespace Rewt.Tests.Repository.Snippets;

internal static class Receiving
{
    public static void Register(WebApplicationBuilder builder)
    {
        // snippet: receiving
        builder.Services.AddRewtAuthentication();
        // end of snippet
    }
}
