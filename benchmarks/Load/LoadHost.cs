using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Load;

/// <summary>A Kestrel host with one small endpoint, and an Authorization header that it accepts.</summary>
internal sealed class LoadHost : IAsyncDisposable
{
    private readonly WebApplication _application;

    private LoadHost(WebApplication application, string? authorization) => (_application, Authorization) = (application, authorization);

    public string? Authorization { get; private init; }

    public IServiceProvider Services => _application.Services;

    public Uri Address => new(_application.Urls.First());

    /// <summary>Starts a host without authentication.</summary>
    public static Task<LoadHost> OpenAsync() => StartAsync(_ => { }, isProtected: false);

    /// <summary>Starts a host whose scheme accepts every request, to measure ASP.NET Core's own authentication and authorization.</summary>
    /// <param name="authorization">The Authorization header that clients send, although the scheme ignores it.</param>
    public static async Task<LoadHost> NothingAsync(string? authorization)
    {
        var host = await StartAsync(
            builder => builder.Services.AddAuthentication("Nothing").AddScheme<AuthenticationSchemeOptions, NothingHandler>("Nothing", _ => { }), isProtected: true);
        return new LoadHost(host._application, authorization);
    }

    /// <summary>Starts a host with JwtBearer and one static HS256 key.</summary>
    public static async Task<LoadHost> JwtBearerAsync()
    {
        var key = new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32));
        var token = new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = "inventory",
            Audience = "inventory",
            Expires = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(2),
            SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.HmacSha256),
        });
        var host = await StartAsync(
            builder => builder.Services.AddAuthentication("Bearer").AddJwtBearer(options =>
                options.TokenValidationParameters = new TokenValidationParameters { IssuerSigningKey = key, ValidIssuer = "inventory", ValidAudience = "inventory" }),
            isProtected: true);
        return new LoadHost(host._application, "Bearer " + token);
    }

    /// <summary>Starts a host with Rewt on a Redis server or, without an address, on the registered multiplexer.</summary>
    public static async Task<LoadHost> RewtAsync(string? redis, string service = "inventory", Action<WebApplicationBuilder>? configure = null)
    {
        var host = await StartAsync(
            builder =>
            {
                builder.Services.AddRewtAuthentication(options =>
                {
                    (options.ServiceName, options.Redis) = (service, redis);
                    options.TokenLifetime = options.MaxTokenLifetime = TimeSpan.FromHours(2);
                });
                configure?.Invoke(builder);
            },
            isProtected: true);
        var token = await host.Services.GetRequiredService<IRewtTokens>().CreateBearerAsync(service);
        return new LoadHost(host._application, "Bearer " + token);
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static async Task<LoadHost> StartAsync(Action<WebApplicationBuilder> configure, bool isProtected)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        if (isProtected) builder.Services.AddAuthorization();
        configure(builder);
        var application = builder.Build();
        if (isProtected)
        {
            application.UseAuthentication();
            application.UseAuthorization();
        }

        var endpoint = application.MapGet("/work", () => "done");
        if (isProtected) endpoint.RequireAuthorization();
        await application.StartAsync();
        return new LoadHost(application, null);
    }
}
