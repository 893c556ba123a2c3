namespace Rewt.Tests.Repository.Snippets;

internal static class Sending
{
    public static void Register(WebApplicationBuilder builder)
    {
        // snippet: sending
        builder.Services.AddHttpClient("inventory", client => client.BaseAddress = new Uri("https://inventory.example"))
            .AddRewtSigning("inventory");
        // end of snippet
    }
}
