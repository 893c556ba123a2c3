using System.Net;

namespace Rewt.AotSmoke;

/// <summary>A service that calls itself over Kestrel, with keys in Redis.</summary>
internal static class ReceiverSmoke
{
    public static async Task RunAsync(string redis)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddRewtAuthentication(options => (options.Redis, options.ServiceName) = (redis, "smoke"));
        builder.Services.AddAuthorization();
        builder.Services.AddHttpClient("smoke").AddRewtSigning("smoke");
        await using var app = builder.Build();
        app.MapGet("/name", context => context.Response.WriteAsync(context.User.Identity!.Name!)).RequireAuthorization();
        await app.StartAsync();

        var address = new Uri(new Uri(app.Urls.Single()), "/name");
        using var client = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient("smoke");
        using var response = await client.GetAsync(address);
        var name = await response.Content.ReadAsStringAsync();
        if (response.StatusCode != HttpStatusCode.OK || name != "smoke") throw new InvalidOperationException($"A signed call returned {response.StatusCode} '{name}'.");

        using var unsigned = new HttpClient();
        using var refused = await unsigned.GetAsync(address);
        if (refused.StatusCode != HttpStatusCode.Unauthorized) throw new InvalidOperationException($"An unsigned call returned {refused.StatusCode}.");
    }
}
