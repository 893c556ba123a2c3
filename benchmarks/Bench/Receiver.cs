using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Benchmarks;

/// <summary>A container that authenticates requests without a server, with Rewt or with the peer.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private static readonly TimeSpan Life = TimeSpan.FromHours(6);

    private readonly ServiceProvider _services;

    private Receiver(ServiceProvider services) => _services = services;

    public IServiceProvider Services => _services;

    public IRewtTokens Tokens => _services.GetRequiredService<IRewtTokens>();

    /// <summary>Creates a receiver with Rewt and keys in memory: a shared secret for HS256, otherwise key pairs.</summary>
    public static Receiver Rewt(string algorithm)
    {
        var services = Common();
        services.AddRewtInMemoryKeys(options =>
        {
            Settings(options);
            if (algorithm != SecurityAlgorithms.HmacSha256) (options.KeyMode, options.KeyPairs.Algorithm) = (KeyMode.KeyPair, algorithm);
        });
        services.AddRewtAuthentication();
        return new Receiver(services.BuildServiceProvider());
    }

    /// <summary>Creates a receiver with JwtBearer and one static key. It validates signature, lifetime, audience and issuer.</summary>
    public static Receiver JwtBearer(SecurityKey key)
    {
        var services = Common();
        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options =>
        {
            options.TokenValidationParameters = new TokenValidationParameters
            {
                IssuerSigningKey = key,
                ValidAudience = "inventory",
                ValidIssuer = "inventory",
            };
        });
        return new Receiver(services.BuildServiceProvider());
    }

    /// <summary>Creates a receiver with a scheme that accepts every request: the lower bound for any handler.</summary>
    public static Receiver Nothing()
    {
        var services = Common();
        services.AddAuthentication("Nothing").AddScheme<JwtBearerOptions, NothingHandler>("Nothing", options => options.Events = new JwtBearerEvents());
        return new Receiver(services.BuildServiceProvider());
    }

    /// <summary>Creates a signing key and the matching verification key.</summary>
    public static (SecurityKey Private, SecurityKey Public) NewKeys(string algorithm)
    {
        const string KeyId = "0123456789abcdefghijkl";
        if (algorithm == SecurityAlgorithms.EcdsaSha256)
        {
            var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            return (new ECDsaSecurityKey(curve) { KeyId = KeyId }, new ECDsaSecurityKey(ECDsa.Create(curve.ExportParameters(false))) { KeyId = KeyId });
        }

        if (algorithm == SecurityAlgorithms.RsaSha256)
        {
            var rsa = RSA.Create(2048);
            return (new RsaSecurityKey(rsa) { KeyId = KeyId }, new RsaSecurityKey(rsa.ExportParameters(false)) { KeyId = KeyId });
        }

        var secret = new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(43)) { KeyId = KeyId };
        return (secret, secret);
    }

    public static void Settings(RewtOptions options) =>
        (options.ServiceName, options.TokenLifetime, options.MaxTokenLifetime) = ("inventory", Life, Life);

    /// <summary>Creates the context of a request. The results exclude the cost of this and of the scope.</summary>
    public HttpContext Context(IServiceScope scope, string header)
    {
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        context.Request.Headers.Authorization = header;
        return context;
    }

    public bool Prepare(string header)
    {
        using var scope = _services.CreateScope();
        return Context(scope, header).Request.Headers.Count == 1;
    }

    /// <summary>Authenticates a request and then reads the user, as authorization and every protected endpoint do.</summary>
    public async Task<bool> AuthenticateAsync(string header)
    {
        using var scope = _services.CreateScope();
        return await AuthenticateAsync(Context(scope, header));
    }

    public static async Task<bool> AuthenticateAsync(HttpContext context)
    {
        var user = (await context.AuthenticateAsync()).Principal;
        return user?.Identity?.IsAuthenticated == true && user.FindFirst("iss")?.Value == "inventory";
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private static ServiceCollection Common()
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Information));
        return services;
    }
}
