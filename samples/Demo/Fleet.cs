namespace Rewt.Samples.Demo;

/// <summary>Two instances of each service, with a load balancer in front of each pair.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    private const int Instances = 2;

    private readonly List<ServiceProcess> _processes = [];
    private LoadBalancer? _orders;
    private LoadBalancer? _inventory;
    private LoadBalancer? _shipping;

    public int Size => _processes.Count;

    public string Orders => _orders!.Address;

    public string Shipping => _shipping!.Address;

    /// <summary>The last call to Shipping with a body.</summary>
    public CapturedCall? Captured => _shipping!.Captured;

    /// <summary>The dashboard of the first Inventory instance, which both receives and sends calls.</summary>
    public Uri Dashboard { get; private set; } = new("about:blank");

    public async Task StartAsync(string redis, DemoOptions options, Tally tally, Action<string, string> log, CancellationToken cancellationToken)
    {
        _orders = await LoadBalancer.StartAsync(cancellationToken);
        _inventory = await LoadBalancer.StartAsync(cancellationToken);
        _shipping = await LoadBalancer.StartAsync(cancellationToken);

        // Ordinary configuration as environment variables; the services contain no code for the demo.
        var settings = new Dictionary<string, string>
        {
            ["ConnectionStrings__redis"] = redis,
            ["Rewt__Namespace"] = options.Namespace,
            ["Rewt__KeyMode"] = options.KeyMode.ToString(),
            ["Rewt__RotationInterval"] = options.Rotate.ToString("c"),
            ["Dashboard__OnThisMachine"] = "true",
            ["Services__inventory"] = _inventory.Address,
            ["Services__shipping"] = _shipping.Address,
            ["Logging__LogLevel__Default"] = "Warning",
            ["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information",
            // On a machine without ASP.NET Core data protection keys, the framework logs a warning about a key ring that tokens do not use.
            ["Logging__LogLevel__Microsoft.AspNetCore.DataProtection"] = "Error",
        };
        (string Service, LoadBalancer Balancer)[] services = [("Shipping", _shipping), ("Inventory", _inventory), ("Orders", _orders)];
        foreach (var (service, _) in services)
        {
            for (var number = 1; number <= Instances; number++) _processes.Add(new ServiceProcess(service, number, settings, tally, log));
        }

        Dashboard = new Uri(await _processes[Instances].AddressAsync(cancellationToken), "/rewt");
        var addresses = await Task.WhenAll(_processes.Select(process => process.AddressAsync(cancellationToken)));
        foreach (var ((_, balancer), instances) in services.Zip(addresses.Chunk(Instances))) balancer.Serve(instances);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_processes.Select(process => process.DisposeAsync().AsTask()));
        foreach (var balancer in new[] { _orders, _inventory, _shipping })
        {
            if (balancer is not null) await balancer.DisposeAsync();
        }
    }
}
