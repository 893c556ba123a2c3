using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>Validates that a connection to Redis is configured, without connecting to a server. The error lists the possible settings.</summary>
internal sealed class RedisOptionsValidator(IServiceProvider services, IEnumerable<RingRegistration> registrations) : IValidateOptions<RewtOptions>
{
    public ValidateOptionsResult Validate(string? name, RewtOptions options)
    {
        // A named scheme reads the default options, which must be complete only where the default scheme is registered.
        if (registrations.All(registration => registration.Name != name)) return ValidateOptionsResult.Skip;
        if (ConfiguredKeySource.IsGiven(options)) return ValidateOptionsResult.Success;
        if (services.GetService<IRingStoreFactory>() is not RedisRingStoreFactory) return ValidateOptionsResult.Success;

        var section = string.IsNullOrEmpty(name) ? "Rewt" : $"Rewt:Schemes:{name}";
        if (RedisSources.Settings(options) is [var one, var other, ..])
        {
            return ValidateOptionsResult.Fail($"{RedisSources.NameOf(other, section)} and {RedisSources.NameOf(one, section)} are both set, but only one connection is used; remove one of them.");
        }

        return RedisSources.Of(services, options) switch
        {
            RedisSource.None => ValidateOptionsResult.Fail(
                "Rewt:Redis is not set: set it or ConnectionStrings:redis to a connection string, set RewtOptions.ConfigurationOptions or ConnectionMultiplexerFactory, or register an IConnectionMultiplexer."),
            RedisSource.ConfigurationOptions when options.ConfigurationOptions!.EndPoints.Count == 0 => ValidateOptionsResult.Fail("RewtOptions.ConfigurationOptions contains no server; add one to EndPoints."),
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
                : ValidateOptionsResult.Fail("Rewt:Redis (or ConnectionStrings:redis) contains no server; write host:port.");
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            // The library's message is omitted: it may repeat a part of the string, such as the password.
            return ValidateOptionsResult.Fail("Rewt:Redis (or ConnectionStrings:redis) is not a valid connection string of StackExchange.Redis; write host:port,password=...");
        }
    }
}
