using Rewt.Tests.Operations;

namespace Rewt.Tests.Receiving;

/// <summary>Tests that a refusal by an event of the application is logged, counted and explained like a refusal by Rewt.</summary>
public sealed class ApplicationRefusalTests
{
    private static readonly string Message = "no user\r\nfail: forged " + new string('x', 1_000);

    private static readonly Dictionary<string, Action<JwtBearerEvents>> Events = new(StringComparer.Ordinal)
    {
        ["MessageReceived"] = events => events.OnMessageReceived = context => AsTask(() => context.Fail(Message)),
        ["TokenValidated"] = events => events.OnTokenValidated = context => AsTask(() => context.Fail(Message)),
        ["AuthenticationFailed"] = events =>
        {
            events.OnTokenValidated = _ => throw new InvalidOperationException("a query failed");
            events.OnAuthenticationFailed = context => AsTask(() => context.Fail(Message));
        },
    };

    public static TheoryData<string> EventNames => [.. Events.Keys];

    [Theory]
    [MemberData(nameof(EventNames))]
    public async Task A_refusal_by_an_event_is_logged_once_counted_and_explained(string name)
    {
        await using var receiver = await StartAsync(Events[name]);
        using var measured = new Measurements(receiver.Services);

        using var answer = await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret));

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Headers.WwwAuthenticate.ToString().ShouldEndWith("rewt_error=\"invalid\"");
        var line = receiver.Log.Text.Split('\n').Where(line => line.Contains("TokenRefused", StringComparison.Ordinal)).ShouldHaveSingleItem();
        line.ShouldStartWith("Information TokenRefused: Scheme Rewt refused a token: invalid (RefusedByApplication). An event of the application");
        line.ShouldContain(@"refused it: 'no user\u000d\u000afail: forged xxx");
        line.ShouldContain("...'.");
        line.Length.ShouldBeLessThan(500);
        line.Contains("(iss 'orders', kid", StringComparison.Ordinal).ShouldBe(name == "TokenValidated");
        measured.Sum("rewt.tokens.verified", "rewt.reason", "refused_by_application").ShouldBe(1);
        var problem = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync(Cancellation));
        problem.GetProperty("reason").GetString().ShouldBe("refused_by_application");
        problem.GetProperty("detail").GetString()!.ShouldContain("refused it: 'no user");
    }

    [Fact]
    public async Task A_refusal_by_Rewt_is_not_logged_again_if_an_event_refuses_too()
    {
        await using var receiver = await StartAsync(events => events.OnAuthenticationFailed = context => AsTask(() => context.Fail(Message)));

        using var answer = await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret, new() { ["aud"] = "billing" }));

        answer.Headers.WwwAuthenticate.ToString().ShouldEndWith("rewt_error=\"bad_audience\"");
        receiver.Log.Text.ShouldContain("(OtherAudience)");
        receiver.Log.Text.ShouldNotContain("(RefusedByApplication)");
    }

    [Fact]
    public async Task An_event_that_returns_no_result_is_named_in_the_log_instead_of_a_missing_token()
    {
        await using var receiver = await StartAsync(events => events.OnTokenValidated = context => AsTask(context.NoResult));

        using var answer = await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret));

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        receiver.Log.Text.ShouldContain("(RefusedByApplication). An event of the application");
        receiver.Log.Text.ShouldContain("ended the authentication without a result.");
        receiver.Log.Text.ShouldNotContain("(NoToken)");
    }

    private static Task<TestService> StartAsync(Action<JwtBearerEvents> configure) => Receiver.StartAsync(services =>
    {
        services.PostConfigure<RewtOptions>(options => options.ExplainRefusals = true);
        services.Configure<JwtBearerOptions>(RewtDefaults.AuthenticationScheme, options => configure(options.Events = new JwtBearerEvents()));
    });
}
