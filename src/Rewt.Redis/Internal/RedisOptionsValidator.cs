using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>There is a way to Redis, or the error that names the places where one is looked for. No server is asked.</summary>
internal sealed class RedisOptionsValidator(IServiceProvider services, IEnumerable<RingRegistration> registrations) : IValidateOptions<RewtOptions>
{
    public ValidateOptionsResult Validate(string? name, RewtOptions options)
    {
        // A named ring reads the default one's settings, which need be complete only where that ring is used.
        if (registrations.All(registration => registration.Name != name)) return ValidateOptionsResult.Skip;
        if (GivenKeySource.IsGiven(options)) return ValidateOptionsResult.Success;
        if (services.GetService<IRingStoreFactory>() is not RedisRingStoreFactory || HasMultiplexer(options)) return ValidateOptionsResult.Success;
        if (string.IsNullOrWhiteSpace(options.Redis))
        {
            return ValidateOptionsResult.Fail(
                "Rewt:Redis is not set: give a connection string there or in ConnectionStrings:redis, or register an IConnectionMultiplexer.");
        }

        try
        {
            return ConfigurationOptions.Parse(options.Redis).EndPoints.Count > 0
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail("Rewt:Redis (or ConnectionStrings:redis) names no server; write host:port.");
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            // Without the library's text: it may repeat a part of the string, which may be the password.
            return ValidateOptionsResult.Fail("Rewt:Redis (or ConnectionStrings:redis) is no connection string that the referenced StackExchange.Redis understands; write host:port,password=...");
        }
    }

    private bool HasMultiplexer(RewtOptions options) =>
        services.GetService<IServiceProviderIsService>()?.IsService(typeof(IConnectionMultiplexer)) == true
        || services.GetService<IServiceProviderIsKeyedService>()?.IsKeyedService(typeof(IConnectionMultiplexer), options.Namespace) == true;
}
