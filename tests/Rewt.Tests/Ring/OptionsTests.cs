using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Rewt.Tests.Ring;

public sealed class OptionsTests
{
    [Fact]
    public void The_options_have_the_documented_defaults()
    {
        var options = Options(_ => { });

        options.Namespace.ShouldBe("rewt");
        options.RotationInterval.ShouldBe(TimeSpan.FromHours(24));
        options.TokenLifetime.ShouldBe(TimeSpan.FromSeconds(60));
        options.MaxTokenLifetime.ShouldBe(TimeSpan.FromMinutes(5));
        options.ClockSkew.ShouldBe(TimeSpan.FromSeconds(30));
        options.RefreshInterval.ShouldBe(TimeSpan.FromSeconds(5));
        options.PropagationDelay.ShouldBe(TimeSpan.FromSeconds(10));
        options.StaleBudget.ShouldBe(TimeSpan.FromHours(1));
        options.ServiceName.ShouldNotBeNullOrEmpty();
        options.AcceptNodeTokens.ShouldBeFalse();
        options.AllowInsecureHttp.ShouldBeFalse();
    }

    public static TheoryData<string, Action<RewtOptions>> InvalidValues => new()
    {
        { "Rewt:Namespace", o => o.Namespace = "" },
        { "Rewt:Namespace", o => o.Namespace = new string('n', 129) },
        { "Rewt:Namespace", o => o.Namespace = "a b" },
        { "Rewt:Namespace", o => o.Namespace = "a{b}" },
        { "Rewt:Namespace", o => o.Namespace = "köln" },
        { "Rewt:ServiceName", o => o.ServiceName = "" },
        { "Rewt:ServiceName", o => o.ServiceName = "a:b" },
        { "Rewt:ServiceName", o => o.ServiceName = new string('n', 129) },
        { "Rewt:RotationInterval", o => o.RotationInterval = TimeSpan.FromDays(3651) },
        { "Rewt:RotationInterval", o => (o.RotationInterval, o.RefreshInterval) = (TimeSpan.FromSeconds(9.99), TimeSpan.FromSeconds(1)) },
        { "Rewt:RefreshInterval", o => o.RotationInterval = TimeSpan.FromSeconds(0.99) },
        { "Rewt:RefreshInterval", o => o.RotationInterval = TimeSpan.Zero },
        { "Rewt:RefreshInterval", o => o.RefreshInterval = TimeSpan.FromSeconds(-1) },
        { "Rewt:PropagationDelay", o => o.PropagationDelay = TimeSpan.FromSeconds(-1) },
        { "Rewt:PropagationDelay", o => o.PropagationDelay = o.RotationInterval },
        { "Rewt:TokenLifetime", o => o.TokenLifetime = TimeSpan.Zero },
        { "Rewt:TokenLifetime", o => o.TokenLifetime = TimeSpan.FromMilliseconds(1001) },
        { "Rewt:MaxTokenLifetime", o => o.MaxTokenLifetime = TimeSpan.FromSeconds(59) },
        { "Rewt:MaxTokenLifetime", o => o.MaxTokenLifetime = TimeSpan.FromDays(32) },
        { "Rewt:MaxTokenLifetime", o => (o.RotationInterval, o.MaxTokenLifetime) = (TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1001)) },
        { "Rewt:ClockSkew", o => o.ClockSkew = TimeSpan.FromSeconds(-1) },
        { "Rewt:RefreshInterval", o => (o.RotationInterval, o.RefreshInterval) = (TimeSpan.FromDays(3650), TimeSpan.FromDays(32)) },
        { "Rewt:StaleBudget", o => o.StaleBudget = TimeSpan.FromSeconds(4) },
        { "Rewt:StaleBudget", o => o.StaleBudget = TimeSpan.FromDays(3651) },
        { "Rewt:Redis", o => o.Redis = "password=hunter22" },
        { "Rewt:Redis", o => o.Redis = "localhost,hunter22=1" },
    };

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(InvalidValues))]
    public void A_value_out_of_range_is_refused_with_the_name_of_its_setting(string setting, Action<RewtOptions> configure)
    {
        var error = Should.Throw<OptionsValidationException>(() => Options(configure));

        error.Failures.ShouldContain(failure => failure.StartsWith(setting, StringComparison.Ordinal));
        error.Message.ShouldNotContain("hunter22");
    }

    public static TheoryData<Action<RewtOptions>> ValidValues => new(
        o => o.Namespace = "A.b_c-d:e0",
        o => o.Namespace = new string('n', 128),
        o => o.ServiceName = new string('n', 128),
        o => o.RotationInterval = TimeSpan.FromSeconds(1),
        o => (o.RotationInterval, o.RefreshInterval) = (TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1)),
        o => o.RotationInterval = TimeSpan.FromDays(3650),
        o => o.PropagationDelay = TimeSpan.Zero,
        o => o.MaxTokenLifetime = o.TokenLifetime,
        o => o.MaxTokenLifetime = TimeSpan.FromDays(31),
        o => (o.RotationInterval, o.MaxTokenLifetime) = (TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1000)),
        o => o.ClockSkew = TimeSpan.Zero,
        o => o.StaleBudget = TimeSpan.FromSeconds(5),
        o => (o.RotationInterval, o.RefreshInterval, o.StaleBudget) = (TimeSpan.FromDays(3650), TimeSpan.FromDays(31), TimeSpan.FromDays(3650)));

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(ValidValues))]
    public void A_value_at_the_limit_of_its_range_is_accepted(Action<RewtOptions> configure) => Options(configure).ShouldNotBeNull();

    [Fact]
    public void The_error_for_a_missing_connection_string_lists_the_possible_settings()
    {
        var error = Should.Throw<OptionsValidationException>(() => Options(o => o.Redis = null));

        error.Message.ShouldContain("Rewt:Redis");
        error.Message.ShouldContain("ConnectionStrings:redis");
        error.Message.ShouldContain("IConnectionMultiplexer");
    }

    public static TheoryData<Action<RewtOptions>, string, string> ConflictingConnections => new()
    {
        { o => o.ConnectionMultiplexerFactory = () => throw new InvalidOperationException(), "Rewt:Redis", "RewtOptions.ConnectionMultiplexerFactory" },
        { o => o.ConfigurationOptions = new(), "Rewt:Redis", "RewtOptions.ConfigurationOptions" },
        {
            o => (o.Redis, o.ConfigurationOptions, o.ConnectionMultiplexerFactory) = (null, new(), () => throw new InvalidOperationException()),
            "RewtOptions.ConfigurationOptions", "RewtOptions.ConnectionMultiplexerFactory"
        },
    };

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(ConflictingConnections))]
    public void Two_conflicting_connection_settings_are_refused_with_their_names(Action<RewtOptions> configure, string one, string other)
    {
        var error = Should.Throw<OptionsValidationException>(() => Options(configure));

        error.Message.ShouldContain($"{one} and {other} are both set");
    }

    [Fact]
    public void A_connection_setting_in_code_does_not_conflict_with_ConnectionStrings_redis() =>
        Configured(o => o.ConfigurationOptions = new() { EndPoints = { "mine:1" } }, ("ConnectionStrings:redis", "cache:6379")).Redis.ShouldBeNull();

    [Fact]
    public void ConfigurationOptions_without_an_endpoint_are_refused() =>
        Should.Throw<OptionsValidationException>(() => Configured(o => o.ConfigurationOptions = new())).Message.ShouldContain("EndPoints");

    [Theory]
    [InlineData("ConfigurationOptions:Password")]
    [InlineData("ConnectionMultiplexerFactory")]
    public void A_setting_for_code_only_is_refused_in_the_configuration(string setting)
    {
        var error = Should.Throw<OptionsValidationException>(() => Configured(_ => { }, ("Rewt:Redis", "mine:1"), ($"Rewt:{setting}", "hunter22")));

        error.Message.ShouldContain($"Rewt:{setting.Split(':')[0]} can be set in code only");
        error.Message.ShouldContain("Rewt:Redis");
        error.Message.ShouldNotContain("hunter22");
    }

    [Theory]
    [InlineData("redis://cache", "cache:6379")]
    [InlineData(" REDIS://cache:1234/ ", "cache:1234")]
    [InlineData("rediss://cache:6380/2", "cache:6380,ssl=true,defaultDatabase=2")]
    [InlineData("redis://:hunter22@cache:1", "cache:1,user=...,password=...")]
    [InlineData("rediss://hunter22:hunter22@[::1]:1/0?protocol=3", "[::1]:1,user=...,password=...,ssl=true,defaultDatabase=0")]
    [InlineData("hunter22:hunter22@cache:1/3", "cache:1,user=...,password=...,defaultDatabase=3")]
    [InlineData("hunter22@cache", "cache:6379,user=...,password=...")]
    [InlineData("redis://hunter22:22/hun@ter22=,hunter22@cache:1", "host:port,user=...,password=...,ssl=true")]
    [InlineData("redis://cache:1?password=x@hunter22", "host:port,user=...,password=...,ssl=true")]
    [InlineData("redis://cache:1,password=x@hunter22", "host:port,user=...,password=...,ssl=true")]
    [InlineData("redis://hunter22:22@not a host", "host:port,user=...,password=...,ssl=true")]
    [InlineData("redis://one:1,redis://two:2", "host:port,user=...,password=...,ssl=true")]
    public void A_URL_as_connection_string_is_refused_with_the_correct_form_and_without_its_password(string url, string form)
    {
        var error = Should.Throw<OptionsValidationException>(() => Options(o => o.Redis = url));

        error.Failures.Single().ShouldBe($"Rewt:Redis is a URL, not a connection string of StackExchange.Redis; write {form}");
        error.Message.ShouldNotContain("hunter22");
    }

    [Theory]
    [InlineData("cache:1,password=a@b://c")]
    [InlineData("cache:1,password=a@b,$CONFIG=,user=me@home")]
    [InlineData("!/var/run/redis@1.sock")]
    public void A_connection_string_with_URL_characters_in_its_values_is_accepted(string redis) => Options(o => o.Redis = redis).Redis.ShouldBe(redis);

    [Theory]
    [InlineData("cache:1,password=hunter,twenty")]
    [InlineData("cache:1, Password = hunter , twenty, ssl=true")]
    [InlineData("cache:1,password=hunter,=twenty")]
    [InlineData("user=me,cache:1")]
    public void A_connection_string_with_a_server_after_an_option_is_refused_without_its_password(string redis)
    {
        var error = Should.Throw<OptionsValidationException>(() => Options(o => o.Redis = redis));

        error.Failures.Single().ShouldBe("Rewt:Redis has a server after an option (name=value). Write the servers first. If the password contains a comma, set it in RewtOptions.ConfigurationOptions.");
    }

    [Theory]
    [InlineData("cache:1,pasword=hunter22", ": it has no option pasword")]
    [InlineData("cache:1, pasword = hunter22,password=x", ": it has no option pasword")]
    [InlineData("cache:1,ssl=hunter22", ": the value of ssl is invalid")]
    [InlineData("cache:1,password=x,hunter=y", "")]
    [InlineData("cache:1,Password = x,ssl=hunter", "")]
    [InlineData("cache:1,hunter22=x", "")]
    [InlineData("cache:1,hunterhunterhunterhunterhunterhunter=x", "")]
    public void A_refused_option_of_a_connection_string_is_named_unless_its_name_may_be_secret(string redis, string reason)
    {
        var error = Should.Throw<OptionsValidationException>(() => Options(o => o.Redis = redis));

        error.Failures.Single().ShouldBe($"Rewt:Redis is not a valid connection string of StackExchange.Redis{reason}; write host:port,password=...");
    }

    [Fact]
    public void Settings_are_read_from_the_Rewt_section_with_ConnectionStrings_redis_as_the_fallback()
    {
        var options = Configured(_ => { }, ("Rewt:Namespace", "shop"), ("Rewt:RotationInterval", "00:00:05"), ("ConnectionStrings:redis", "cache:6379"));

        options.Namespace.ShouldBe("shop");
        options.RotationInterval.ShouldBe(TimeSpan.FromSeconds(5));
        options.Redis.ShouldBe("cache:6379");
        Configured(_ => { }, ("Rewt:Redis", "mine:1"), ("ConnectionStrings:redis", "cache:6379")).Redis.ShouldBe("mine:1");
    }

    [Fact]
    public void A_derived_setting_follows_a_value_set_in_code_despite_configuration_binding()
    {
        var options = Configured(o => o.RotationInterval = TimeSpan.FromSeconds(20), ("Rewt:Redis", "mine:1"));

        options.RefreshInterval.ShouldBe(TimeSpan.FromSeconds(2));
        options.PropagationDelay.ShouldBe(TimeSpan.FromSeconds(4));
    }

    [Fact]
    public void A_value_set_explicitly_to_the_default_does_not_follow_other_settings()
    {
        var options = Options(o => (o.PropagationDelay, o.RefreshInterval) = (TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1)));

        options.PropagationDelay.ShouldBe(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Values_set_in_code_override_the_configuration()
    {
        var options = Configured(
            o => (o.Namespace, o.Redis) = ("code", "code:1"), ("Rewt:Namespace", "shop"), ("Rewt:Redis", "mine:1"), ("Rewt:ClockSkew", "00:00:07"));

        options.Namespace.ShouldBe("code");
        options.Redis.ShouldBe("code:1");
        options.ClockSkew.ShouldBe(TimeSpan.FromSeconds(7));
    }

    [Fact]
    public void A_custom_section_overrides_the_section_Rewt()
    {
        var configuration = Configuration(("Rewt:Namespace", "shop"), ("Rewt:ClockSkew", "00:00:07"), ("Mine:Namespace", "mine"), ("Rewt:Redis", "a:1"));
        using var host = Host(services => services.AddRewtKeys(configuration.GetSection("Mine")), configuration);

        var options = host.Services.GetRequiredService<IOptionsMonitor<RewtOptions>>().CurrentValue;

        options.Namespace.ShouldBe("mine");
        options.ClockSkew.ShouldBe(TimeSpan.FromSeconds(7));
    }

    [Fact]
    public void A_named_scheme_has_its_own_settings_and_shares_the_service_name_and_the_server()
    {
        var configuration = Configuration(
            ("Rewt:Namespace", "shop"), ("Rewt:ServiceName", "orders"), ("Rewt:Redis", "a:1"), ("Rewt:ClockSkew", "00:00:07"),
            ("Rewt:Schemes:Users:Namespace", "users"), ("Rewt:Schemes:Users:RotationInterval", "30.00:00:00"));
        using var host = Host(services => services.AddRewtKeys().AddRewtKeys("Users", o => o.MaxTokenLifetime = TimeSpan.FromDays(31)), configuration);
        var monitor = host.Services.GetRequiredService<IOptionsMonitor<RewtOptions>>();

        var users = monitor.Get("Users");

        users.Namespace.ShouldBe("users");
        users.RotationInterval.ShouldBe(TimeSpan.FromDays(30));
        users.MaxTokenLifetime.ShouldBe(TimeSpan.FromDays(31));
        users.ServiceName.ShouldBe("orders");
        users.Redis.ShouldBe("a:1");
        users.ClockSkew.ShouldBe(TimeSpan.FromSeconds(30));
        monitor.CurrentValue.Namespace.ShouldBe("shop");
        monitor.CurrentValue.MaxTokenLifetime.ShouldBe(TimeSpan.FromMinutes(5));
    }

    [Fact]
    public void An_error_of_a_named_scheme_contains_the_name_of_its_section()
    {
        using var host = Host(services => services.AddRewtKeys("Users", o => (o.Redis, o.Namespace) = ("a:1", "")));

        var error = Should.Throw<OptionsValidationException>(() => host.Services.GetRequiredService<IOptionsMonitor<RewtOptions>>().Get("Users"));

        error.Message.ShouldContain("Rewt:Schemes:Users:Namespace");
    }

    public static TheoryData<string, Action<IServiceCollection, Action<RewtOptions>>> OptionsWithoutScheme => new()
    {
        { "the options of the scheme Rewt have no name; call Configure<RewtOptions> without a name", (services, restrict) => services.Configure("Rewt", restrict) },
        { "the options of the scheme Rewt have no name; call Configure<RewtOptions> without a name", (services, restrict) => services.PostConfigure("Rewt", restrict) },
        { "for the name 'User', which is not a registered scheme; did you mean Users?", (services, restrict) => services.Configure("User", restrict) },
        { "for the name 'User', which is not a registered scheme; did you mean Users?", (services, _) => services.Configure<RewtOptions>("User", Configuration(("Namespace", "user"))) },
        { "for the name 'User', which is not a registered scheme; did you mean Users?", (services, _) => services.AddOptions<RewtOptions>("User").BindConfiguration("Mine") },
        { "for the name 'User', which is not a registered scheme; did you mean Users?", (services, restrict) => services.AddOptions<RewtOptions>("User").PostConfigure<IHostEnvironment>((options, _) => restrict(options)) },
        { "for the name 'Partners', which is not a registered scheme. Correct the name, or register the scheme with AddRewt or AddRewtKeys. Registered are: Rewt (whose options have no name), Users.", (services, restrict) => services.Configure("Partners", restrict) },
    };

    /// <summary>Options of such a name have no effect, and a restriction in these options would be ignored.</summary>
    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(OptionsWithoutScheme))]
    public void Options_in_code_for_a_name_without_a_scheme_are_an_error(string advice, Action<IServiceCollection, Action<RewtOptions>> register)
    {
        using var host = HostWithScheme(services => register(services, options => options.TrustedIssuers = ["orders"]));
        var monitor = host.Services.GetRequiredService<IOptionsMonitor<RewtOptions>>();

        foreach (var name in new[] { "", "Users" }) Should.Throw<OptionsValidationException>(() => monitor.Get(name)).Failures.ShouldHaveSingleItem().ShouldContain(advice);
    }

    public static TheoryData<string, Action<IServiceCollection>> FrameworkBinders => new()
    {
        { "Rewt", services => services.Configure<RewtOptions>(Configuration(("TrustedIssuers", "orders"))) },
        { "Users", services => services.Configure<RewtOptions>("Users", Configuration(("TrustedIssuers", "orders"))) },
        { "Rewt", services => services.AddOptions<RewtOptions>().BindConfiguration("Mine") },
        { "Users", services => services.AddOptions<RewtOptions>("Users").BindConfiguration("Mine") },
        { "Users", services => services.AddOptions<RewtOptions>("Users").Bind(Configuration(("TrustedIssuers", "orders"))) },
    };

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(FrameworkBinders))]
    public void Options_that_the_binder_of_NET_reads_are_an_error_that_names_the_methods_to_call(string scheme, Action<IServiceCollection> register)
    {
        using var host = HostWithScheme(register);

        var failures = Should.Throw<OptionsValidationException>(() => host.Services.GetRequiredService<IOptionsMonitor<RewtOptions>>().Get("Users")).Failures;

        failures.ShouldContain(failure => failure.StartsWith($"RewtOptions of the scheme '{scheme}' are read with Configure<RewtOptions>(section)", StringComparison.Ordinal)
            && failure.EndsWith("Pass the section to AddRewtAuthentication, AddRewt or AddRewtKeys instead.", StringComparison.Ordinal));
    }

    [Fact]
    public void Options_in_code_for_the_main_scheme_a_named_scheme_or_all_schemes_are_applied()
    {
        using var host = HostWithScheme(services =>
        {
            services.Configure<RewtOptions>(options => options.TrustedIssuers = ["orders"]).Configure<RewtOptions>("Users", options => options.TrustedIssuers = ["login"]);
            services.ConfigureAll<RewtOptions>(options => options.ClockSkew = TimeSpan.FromSeconds(1)).PostConfigureAll<RewtOptions>(options => options.TokenLifetime = TimeSpan.FromSeconds(9));
            services.AddOptions<RewtOptions>("Users").Configure<IHostEnvironment>((options, environment) => options.ServiceName = environment.ApplicationName);
        });
        var monitor = host.Services.GetRequiredService<IOptionsMonitor<RewtOptions>>();

        monitor.CurrentValue.TrustedIssuers.ShouldBe(["orders"]);
        monitor.Get("Users").TrustedIssuers.ShouldBe(["login"]);
        foreach (var name in new[] { "", "Users" }) (monitor.Get(name).ClockSkew, monitor.Get(name).TokenLifetime).ShouldBe((TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(9)));
    }

    private static IHost HostWithScheme(Action<IServiceCollection> register) => Host(services =>
    {
        services.AddRewtKeys(options => options.Redis = "127.0.0.1:1").AddRewtKeys("Users", options => options.Namespace = "users");
        register(services);
    });

    private static RewtOptions Options(Action<RewtOptions> configure) => Configured(options =>
    {
        options.Redis = "127.0.0.1:1";
        configure(options);
    });

    private static RewtOptions Configured(Action<RewtOptions> configure, params (string Name, string Value)[] settings)
    {
        using var host = Host(services => services.AddRewtKeys(configure), Configuration(settings));
        return host.Services.GetRequiredService<IOptionsMonitor<RewtOptions>>().CurrentValue;
    }

    private static IConfigurationRoot Configuration(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(pair => pair.Name, pair => (string?)pair.Value, StringComparer.Ordinal)).Build();

    private static IHost Host(Action<IServiceCollection> register, IConfiguration? configuration = null)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true, ApplicationName = "tests" });
        if (configuration is not null) builder.Configuration.AddConfiguration(configuration);
        register(builder.Services);
        return builder.Build();
    }
}
