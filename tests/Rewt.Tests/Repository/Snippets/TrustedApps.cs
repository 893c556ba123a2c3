namespace Rewt.Tests.Repository.Snippets;

internal static class TrustedApps
{
    public static void Receive(WebApplicationBuilder builder)
    {
        // snippet: apps-receiving
        builder.Services.AddRewtAuthentication().AddRewtApiKeys();
        // end of snippet
    }

    public static void Map(WebApplication app)
    {
        // snippet: apps-endpoints
        app.MapGet("/orders", (ClaimsPrincipal user) => $"the orders of {user.Identity!.Name}\n")
            .RequireCaller("shipping", "app:acme-mobile");
        app.MapRewtTokenEndpoint("/token");
        // end of snippet
    }

    public static void Send(WebApplicationBuilder builder)
    {
        // snippet: apps-sending
        builder.Services.AddHttpClient("orders", client => client.BaseAddress = new Uri("https://orders.example"))
            .AddRewtApiKey();
        // end of snippet
    }

    /// <returns>The remaining key and the number of apps.</returns>
    public static async Task<(string Key, int Apps)> ManageAsync(IRewtApps apps)
    {
        // snippet: apps-managing
        RewtNewApiKey first = await apps.AddAsync(new RewtApp("acme-mobile")
        {
            Name = "Acme Mobile",
            Owner = "ops@acme.example",
            Audiences = ["orders"],
            Scopes = ["orders.read", "orders.write"],
        });
        Console.WriteLine(first.Key);                                   // shown this once

        RewtNewApiKey second = await apps.RotateAsync("acme-mobile");   // both are accepted while the app changes over
        await apps.RevokeKeyAsync("acme-mobile", first.KeyId);          // at once by push, within one RefreshInterval in any case
        IReadOnlyList<RewtApp> all = await apps.ListAsync();            // owners, scopes, expiry, last use; never a key
        // end of snippet
        return (second.Key, all.Count);
    }
}
