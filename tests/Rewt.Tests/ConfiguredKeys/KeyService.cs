using Microsoft.Extensions.Configuration;

namespace Rewt.Tests.ConfiguredKeys;

/// <summary>Starts services with AddRewtAuthentication and without Redis in code or settings.</summary>
internal static class KeyService
{
    public static Task<TestService> StartAsync(string name, params (string Setting, string Value)[] settings) => StartAsync(name, settings, null, null);

    public static Task<TestService> StartAsync(
        string name, (string Setting, string Value)[] settings, Action<WebApplicationBuilder>? configure, Action<WebApplication>? map) => TestService.HostAsync(
        builder =>
        {
            (string Setting, string Value)[] all = [("ServiceName", name), .. settings];
            builder.Configuration.AddInMemoryCollection(all.Select(setting => KeyValuePair.Create("Rewt:" + setting.Setting, (string?)setting.Value)));
            builder.Services.AddRewtAuthentication();
            configure?.Invoke(builder);
        },
        map ?? (application => application.MapRewtJwks()));

    extension(TestService service)
    {
        public string Jwks => new Uri(service.Address, "/.well-known/jwks.json").ToString();

        public Task<string> SignAsync(string audience) => service.Tokens.CreateBearerAsync(audience, cancellationToken: Cancellation);

        /// <summary>Calls an endpoint with the token and returns the status and the text of the response, followed by its challenge.</summary>
        public async Task<(HttpStatusCode Status, string Text)> AskAsync(string token)
        {
            using var response = await service.CallAsync(token, "/secure");
            return (response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation) + response.Headers.WwwAuthenticate);
        }
    }
}
