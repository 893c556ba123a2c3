extern alias Inventory;

using System.Net.Http.Json;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using InventoryProgram = Inventory::Program;

namespace Rewt.Tests.TestKit;

/// <summary>Contains the recipes that docs/testing.md shows.</summary>
public sealed class RecipeTests
{
    [Fact]
    public async Task A_test_client_sends_the_claims_of_its_identity()
    {
        await using var app = new WebApplicationFactory<Program>().WithWebHostBuilder(host =>
            host.ConfigureTestServices(services => services.AddRewtTesting()));

        // snippet: claims
        var client = app.CreateClient().WithRewtIdentity("inventory", new Dictionary<string, object> { ["userId"] = "u-42" });

        string answer = await client.GetStringAsync("/shipments/teapot");

        Assert.Equal("""{"item":"teapot","caller":"inventory","userId":"u-42"}""", answer);
        // end of snippet
    }

    // snippet: rotation
    [Fact]
    public async Task A_token_signed_before_a_rotation_is_accepted_after_it()
    {
        await using var ring = new RewtTestRing();
        await using var app = new WebApplicationFactory<Program>().WithWebHostBuilder(host =>
            host.ConfigureTestServices(services => services.AddRewtTesting(ring)));
        var client = app.CreateClient();

        string token = await ring.CreateTokenAsync("orders", audience: "shipping");
        await ring.RotateAsync();
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/shipments/teapot")).StatusCode);
    }
    // end of snippet

    [Theory]
    [InlineData("revoked")]
    [InlineData("expired")]
    [InlineData("elsewhere")]
    [InlineData("forged")]
    public async Task An_unacceptable_token_is_refused_with_the_reason(string cause)
    {
        await using var ring = new RewtTestRing();
        await using var app = new WebApplicationFactory<Program>().WithWebHostBuilder(host =>
            host.ConfigureTestServices(services => services.AddRewtTesting(ring)));
        var client = app.CreateClient();
        string token = await ring.CreateTokenAsync("orders", audience: "shipping");

        switch (cause)
        {
            case "revoked":
                // snippet: revoked
                await ring.RevokeCurrentKeyAsync();                            // 401 stale_key for what was signed before
                // end of snippet
                break;
            case "expired":
                // snippet: expired
                ring.Clock.Advance(TimeSpan.FromMinutes(2));                   // 401 expired
                // end of snippet
                break;
            case "elsewhere":
                // snippet: elsewhere
                token = await ring.CreateTokenAsync("orders", "billing");      // 401 bad_audience
                // end of snippet
                break;
            default:
                // snippet: forged
                await using (var other = new RewtTestRing())
                {
                    token = await other.CreateTokenAsync("orders", "shipping"); // 401 stale_key: the key is unknown
                }
                // end of snippet
                break;
        }

        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        var refusal = await client.GetAsync("/shipments/teapot");

        refusal.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        refusal.Headers.WwwAuthenticate.ToString().ShouldContain(cause switch
        {
            "expired" => "rewt_error=\"expired\"",
            "elsewhere" => "rewt_error=\"bad_audience\"",
            _ => "rewt_error=\"stale_key\"",
        });
    }

    // snippet: outage
    [Fact]
    public async Task Calls_continue_for_an_hour_without_Redis_and_then_receive_503()
    {
        await using var ring = new RewtTestRing();
        await using var app = new WebApplicationFactory<Program>().WithWebHostBuilder(host =>
            host.ConfigureTestServices(services => services.AddRewtTesting(ring)));
        var client = app.CreateClient().WithRewtIdentity("orders");
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/shipments/teapot")).StatusCode);

        ring.SimulateOutage();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/shipments/teapot")).StatusCode);
        ring.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("/shipments/teapot")).StatusCode);

        await ring.EndOutageAsync();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/shipments/teapot")).StatusCode);
    }
    // end of snippet

    // snippet: sending
    [Fact]
    public async Task Inventory_forwards_the_user_to_shipping()
    {
        await using var ring = new RewtTestRing();
        var shipping = new RecordingHandler(() => JsonContent.Create(new { item = "teapot", caller = "inventory", userId = "u-42" }));
        await using var app = new WebApplicationFactory<InventoryProgram>().WithWebHostBuilder(host => host.ConfigureTestServices(services => services
            .AddRewtTesting(ring)
            .AddHttpClient("shipping").ConfigurePrimaryHttpMessageHandler(() => shipping)));
        var client = app.CreateClient().WithRewtIdentity("orders", new Dictionary<string, object> { ["userId"] = "u-42" });

        await client.GetAsync("/stock/teapot");
        RewtVerification sent = await ring.VerifyAsync(shipping.Token, audience: "shipping");

        Assert.Equal("inventory", sent.Issuer);
        Assert.Equal("u-42", sent.Identity!.FindFirst("userId")!.Value);
    }
    // end of snippet

    // snippet: two-services
    [Fact]
    public async Task Inventory_receives_an_answer_from_shipping_after_a_revocation()
    {
        await using var ring = new RewtTestRing();
        await using var shipping = new WebApplicationFactory<Program>().WithWebHostBuilder(host =>
            host.ConfigureTestServices(services => services.AddRewtTesting(ring)));
        await using var inventory = new WebApplicationFactory<InventoryProgram>().WithWebHostBuilder(host => host.ConfigureTestServices(services => services
            .AddRewtTesting(ring)
            .AddHttpClient("shipping").ConfigurePrimaryHttpMessageHandler(() => shipping.Server.CreateHandler())));
        var client = inventory.CreateClient().WithRewtIdentity("orders");

        await ring.RevokeCurrentKeyAsync();   // AddRewtSigning retries the call once

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/stock/teapot")).StatusCode);
    }
    // end of snippet
}
