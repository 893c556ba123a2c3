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
        if (services.GetService<IRingStoreFactory>() is not RedisRingStoreFactory) return ValidateOptionsResult.Success;

        var section = string.IsNullOrEmpty(name) ? "Rewt" : $"Rewt:Schemes:{name}";
        if (RedisSources.Settings(options) is [var one, var other, ..])
        {
            return ValidateOptionsResult.Fail($"{RedisSources.NameOf(other, section)} and {RedisSources.NameOf(one, section)} are both set, but there is one connection; remove one of them.");
        }

        return RedisSources.Of(services, options) switch
        {
            RedisSource.None => ValidateOptionsResult.Fail(
                "Rewt:Redis is not set: give a connection string there or in ConnectionStrings:redis, set RewtOptions.ConfigurationOptions or ConnectionMultiplexerFactory, or register an IConnectionMultiplexer."),
            RedisSource.ConfigurationOptions when options.ConfigurationOptions!.EndPoints.Count == 0 => ValidateOptionsResult.Fail("RewtOptions.ConfigurationOptions names no server; add one to EndPoints."),
            RedisSource.Redis or RedisSource.ConnectionStrings => OfText(options.Redis!),
            _ => ValidateOptionsResult.Success,
        };
    }

    private static ValidateOptionsResult OfText(string redis)
    {
        if (RedisUrl.ConnectionStringFor(redis) is { } form)
        {
            return ValidateOptionsResult.Fail($"Rewt:Redis (or ConnectionStrings:redis) is a URL, not a connection string of StackExchange.Redis; write {form}");
        }

        try
        {
            return ConfigurationOptions.Parse(redis).EndPoints.Count > 0
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail("Rewt:Redis (or ConnectionStrings:redis) names no server; write host:port.");
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            // Without the library's text: it may repeat a part of the string, which may be the password.
            return ValidateOptionsResult.Fail("Rewt:Redis (or ConnectionStrings:redis) is no connection string that the referenced StackExchange.Redis understands; write host:port,password=...");
        }
    }
}
