using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.TestHost;
using Rewt.Tests.Receiving;

namespace Rewt.Tests.Binding;

/// <summary>Verifies the test vectors of docs/binding-vectors.json, which were created without this library.</summary>
public sealed class BindingVectorTests
{
    private static readonly JsonElement VectorFile = JsonElement.Parse(File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "binding-vectors.json")));

    [Fact]
    public async Task Every_test_vector_has_the_verdict_that_the_file_states()
    {
        var ring = new SharedMemoryRing();
        ring.Store.Set(Encoding.UTF8.GetBytes(VectorFile.GetProperty("secret").GetString()!), TimeSpan.FromHours(12));
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(VectorFile.GetProperty("now").GetInt64()));
        var receivers = new Dictionary<string, TestService>(StringComparer.Ordinal);
        var vectors = VectorFile.GetProperty("vectors").EnumerateArray().ToList();
        vectors.Count.ShouldBeGreaterThanOrEqualTo(60);
        try
        {
            foreach (var requires in new[] { "none", "target", "body", "once" }) receivers[requires] = await StartAsync(requires, ring, clock);

            foreach (var vector in vectors)
            {
                var requires = vector.GetProperty("requires").GetString()!;
                var verdict = requires == "message" ? await VerifyMessageAsync(receivers["none"], vector) : await SendAsync(receivers[requires], vector);
                verdict.ShouldBe(vector.GetProperty("verdict").GetString(), vector.GetProperty("name").GetString());
            }
        }
        finally
        {
            foreach (var receiver in receivers.Values) await receiver.DisposeAsync();
        }
    }

    private static Task<TestService> StartAsync(string requires, SharedMemoryRing ring, TimeProvider clock) => Receiver.RegisterAsync(
        builder =>
        {
            builder.Services.AddSingleton(clock);
            builder.Services.AddRewtAuthentication(options => options.ServiceName = VectorFile.GetProperty("audience").GetString());
        },
        application =>
        {
            var endpoint = application.Map("/{**rest}", async (HttpContext context) => await context.Request.Body.CopyToAsync(context.Response.Body)).RequireAuthorization();
            if (requires is "target" or "body") endpoint.RequireBoundToken(body: requires == "body");
            if (requires == "once") endpoint.RequireOneTimeToken();
        },
        [],
        ring);

    private static async Task<string> VerifyMessageAsync(TestService receiver, JsonElement vector)
    {
        var tokens = receiver.Services.GetRequiredService<IRewtTokens>();
        var verification = await tokens.VerifyMessageAsync(vector.GetProperty("token").GetString()!, vector.GetProperty("message").GetBytesFromBase64(), Cancellation);
        return verification.Refusal switch
        {
            RewtRefusal.None => "accepted",
            RewtRefusal.WrongRequest => "wrong_request",
            RewtRefusal.Replayed => "replayed",
            RewtRefusal.Invalid => "invalid",
            var other => other.ToString(),
        };
    }

    private static async Task<string> SendAsync(TestService receiver, JsonElement vector)
    {
        var body = vector.GetProperty("body").GetBytesFromBase64();
        var context = await ((TestServer)receiver.Services.GetRequiredService<IServer>()).SendAsync(
            request =>
            {
                request.Features.Get<IHttpRequestFeature>()!.RawTarget = vector.GetProperty("target").GetString()!;
                request.Request.Method = vector.GetProperty("method").GetString()!;
                request.Request.Path = "/any";
                request.Request.Headers.Authorization = $"Bearer {vector.GetProperty("token").GetString()}";
                if (vector.TryGetProperty("contentType", out var type)) request.Request.ContentType = type.GetString();
                if (vector.TryGetProperty("contentEncoding", out var encoding)) request.Request.Headers.ContentEncoding = encoding.GetString();
                request.Request.Body = new MemoryStream(body);
            },
            Cancellation);

        if (context.Response.StatusCode == (int)HttpStatusCode.Unauthorized) return context.Response.Headers.WWWAuthenticate.ToString().Split("rewt_error=")[1].Trim('"');
        context.Response.StatusCode.ShouldBe((int)HttpStatusCode.OK);
        using var responseBody = new MemoryStream();
        await context.Response.Body.CopyToAsync(responseBody, Cancellation);
        responseBody.ToArray().ShouldBe(body);
        return "accepted";
    }
}
