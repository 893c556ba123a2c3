using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Rewt.Tests.GivenKeys;

/// <summary>A service on a real Kestrel with AddRewtAuthentication and nothing about Redis, in code or settings.</summary>
internal sealed class KeyService : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly HttpClient _client;

    private KeyService(WebApplication application)
    {
        _application = application;
        _client = new HttpClient { BaseAddress = Address };
    }

    public Uri Address => new(_application.Urls.Single());

    public string Jwks => new Uri(Address, "/.well-known/jwks.json").ToString();

    public IServiceProvider Services => _application.Services;

    public IRewtTokens Tokens => Services.GetRequiredService<IRewtTokens>();

    public HttpClient Client => _client;

    public static Task<KeyService> StartAsync(string name, params (string Setting, string Value)[] settings) => StartAsync(name, settings, null, null);

    public static async Task<KeyService> StartAsync(
        string name, (string Setting, string Value)[] settings, Action<WebApplicationBuilder>? configure, Action<WebApplication>? map)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create("Rewt:ServiceName", (string?)name)]);
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create("Rewt:" + setting.Setting, (string?)setting.Value)));
        builder.Services.AddRewtAuthentication();
        configure?.Invoke(builder);

        var application = builder.Build();
        application.UseAuthentication();
        application.UseAuthorization();
        application.MapGet("/secure", (ClaimsPrincipal user) => string.Join('\n', user.Claims.Select(claim => $"{claim.Type}={claim.Value}"))).RequireAuthorization();
        if (map is null) application.MapRewtJwks();
        else map(application);
        await application.StartAsync(TestContext.Current.CancellationToken);
        return new KeyService(application);
    }

    public Task<string> SignAsync(string audience) => Tokens.CreateBearerAsync(audience, cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>The answer to a call with a token, and what it says.</summary>
    public async Task<(HttpStatusCode Status, string Text)> CallAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/secure");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        using var response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken) + response.Headers.WwwAuthenticate);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _application.DisposeAsync();
    }
}
