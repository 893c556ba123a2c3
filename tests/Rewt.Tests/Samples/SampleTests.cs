namespace Rewt.Tests.Samples;

public sealed class SampleTests
{
    [Theory]
    [InlineData(KeyMode.SharedSecret, "shop:rewt-secret")]
    [InlineData(KeyMode.KeyPair, "{shop:rewt-keys}:orders:keys")]
    public async Task The_user_id_is_forwarded_from_the_first_service_to_the_last(KeyMode mode, string key)
    {
        string[] settings = ["--Rewt:Namespace", "shop", "--Rewt:KeyMode", mode.ToString()];
        await using var redis = await RedisServer.StartAsync();
        await using var shipping = await SampleService.StartAsync("Shipping", redis, settings);
        await using var inventory = await SampleService.StartAsync("Inventory", redis, [.. settings, "--Services:shipping", shipping.Address]);
        await using var orders = await SampleService.StartAsync("Orders", redis, [.. settings, "--Services:inventory", inventory.Address, "--Services:shipping", shipping.Address]);

        (await GetAsync(orders, "/orders/u-42")).ShouldBe((HttpStatusCode.OK,
            """{"userId":"u-42","stock":{"item":"teapot","caller":"orders","userId":"u-42","shipment":{"item":"teapot","caller":"inventory","userId":"u-42"}}}"""));

        (await orders.Client.PostAsync(new Uri("/orders/u-42/payment", UriKind.Relative), null, Cancellation).TextAsync()).ShouldBe("""{"userId":"u-42","amount":100}""");
        (await redis.CliAsync("KEYS", "{shop:rewt-secret}:used:shipping:*")).ShouldNotBeEmpty();
        (await redis.CliAsync("EXISTS", key)).ShouldBe("1");
        (await GetAsync(inventory, "/stock/teapot")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await GetAsync(shipping, "/shipments/teapot")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        foreach (var service in new[] { orders, inventory, shipping }) (await GetAsync(service, "/health")).ShouldBe((HttpStatusCode.OK, "ok"));
    }

    private static async Task<(HttpStatusCode Status, string Body)> GetAsync(SampleService service, string path)
    {
        using var response = await service.Client.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
    }
}
