using System.Text;

namespace Rewt.Samples.Demo;

/// <summary>Makes a payment, captures its call between two services, and sends that call again, unchanged and altered. Each time, the call must be refused.</summary>
internal sealed class CapturedPayment(Fleet fleet, Action<string> log)
{
    /// <exception cref="DemoException">A call did not have the expected result.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(15) };
        using var payment = await client.PostAsync(new Uri(new Uri(fleet.Orders), "/orders/u-42/payment"), null, cancellationToken);
        if (!payment.IsSuccessStatusCode || fleet.Captured is not { } call) throw new DemoException($"A payment failed with status {(int)payment.StatusCode}.");

        log($"a payment was made, and its call to Shipping was captured: {call}");
        await VerifyRefusedAsync(client, "sent again", call, "replayed", cancellationToken);
        await VerifyRefusedAsync(client, "with another amount", call with { Body = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(call.Body).Replace("100", "900", StringComparison.Ordinal)) }, "wrong_request", cancellationToken);
        await VerifyRefusedAsync(client, "with another query", call with { Target = call.Target + "?to=me" }, "wrong_request", cancellationToken);
    }

    private async Task VerifyRefusedAsync(HttpClient client, string change, CapturedCall call, string reason, CancellationToken cancellationToken)
    {
        using var request = call.ToRequest(new Uri(fleet.Shipping));
        using var response = await client.SendAsync(request, cancellationToken);
        var challenge = response.Headers.WwwAuthenticate.ToString();
        if (!challenge.Contains($"rewt_error=\"{reason}\"", StringComparison.Ordinal)) throw new DemoException($"The response to the captured call, {change}, was {(int)response.StatusCode} instead of 401 {reason}.");
        log($"  {change}: {(int)response.StatusCode} {reason}");
    }
}
