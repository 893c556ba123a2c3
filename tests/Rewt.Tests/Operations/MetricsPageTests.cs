using System.Diagnostics.Metrics;

namespace Rewt.Tests.Operations;

/// <summary>Tests that the metrics page, the Grafana dashboard and the alert rules cover exactly the existing instruments.</summary>
public sealed partial class MetricsPageTests
{
    private static string Folder => Path.Combine(RepositoryRoot.Path, "docs", "operations");

    [Fact]
    public async Task The_metrics_page_lists_every_instrument_with_its_kind_and_unit()
    {
        await using var service = await StartAsync();
        using var measured = new Measurements(service.Services);

        var listed = Rows().Select(row => (row.Name, row.Kind, row.Unit));

        listed.ShouldBe(measured.Instruments.Select(instrument => (instrument.Name, Kind(instrument), instrument.Unit is null ? "–" : $"`{instrument.Unit}`")), ignoreOrder: true);
        measured.Instruments.ShouldAllBe(instrument => !string.IsNullOrWhiteSpace(instrument.Description));
        measured.Instruments.ShouldAllBe(instrument => InstrumentName().IsMatch(instrument.Name));
    }

    [Fact]
    public async Task The_Grafana_dashboard_shows_every_instrument_and_no_unknown_series()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Folder, "grafana-dashboard.json"), Cancellation);
        var board = JsonSerializer.Deserialize<JsonElement>(text);
        var queries = board.GetProperty("panels").EnumerateArray()
            .Where(panel => panel.TryGetProperty("targets", out _))
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
            .Select(target => target.GetProperty("expr").GetString()!)
            .ToList();

        queries.Count.ShouldBeGreaterThan(10);
        var named = queries.SelectMany(Names).ToHashSet(StringComparer.Ordinal);
        named.Except(Series().Concat(Labels())).ShouldBeEmpty();
        foreach (var row in Rows()) PrometheusNames(row).Intersect(named).ShouldNotBeEmpty(row.Name);
        board.GetProperty("panels").EnumerateArray().Select(panel => panel.GetProperty("id").GetInt32()).ShouldBeUnique();
    }

    [Fact]
    public async Task Every_alert_rule_uses_existing_instruments_and_has_a_section_on_the_metrics_page()
    {
        var rules = (await File.ReadAllTextAsync(Path.Combine(Folder, "prometheus-alerts.yml"), Cancellation)).Split("      - alert: ")[1..];
        var page = await File.ReadAllTextAsync(Path.Combine(Folder, "metrics.md"), Cancellation);

        rules.Length.ShouldBeGreaterThan(8);
        foreach (var rule in rules)
        {
            var name = rule.Split('\n')[0];
            var names = Names(rule).ToList();
            names.Intersect(Series()).ShouldNotBeEmpty(name);
            names.Except(Series().Concat(Labels())).ShouldBeEmpty(name);
            rule.ShouldContain("expr: ");
            rule.ShouldContain("severity: ");
            rule.ShouldContain($"runbook: docs/operations/metrics.md#{name.ToLowerInvariant()}");
            page.ShouldContain($"\n### {name}\n");
        }
    }

    [Fact]
    public async Task Measurements_have_only_the_attributes_listed_on_the_metrics_page()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var service = await StartAsync(redis.ConnectionString);
        using var measured = new Measurements(service.Services);
        await service.Ring.RotateAsync(Cancellation);
        await service.Ring.RevokeAsync((await service.Ring.GetAsync(Cancellation)).Current!.KeyId, Cancellation);
        await service.Tokens.VerifyBearerAsync(await service.Tokens.CreateBearerAsync(cancellationToken: Cancellation), Cancellation);
        measured.Gauge("rewt.key.age").ShouldNotBeNull();

        var listed = Rows().ToDictionary(row => row.Name, row => row.Attributes, StringComparer.Ordinal);
        measured.All.Select(one => one.Name).Distinct().Count().ShouldBeGreaterThan(6);
        foreach (var (name, _, tags) in measured.All) tags.Keys.ShouldBeSubsetOf(listed[name]);
    }

    private static Task<TestService> StartAsync(string? redis = null) => TestService.StartAsync(
        redis, configure: builder =>
        {
            builder.Services.AddHttpClient("inventory", client => client.BaseAddress = new Uri("https://inventory.example")).AddRewtSigning("inventory");
            // The instruments of the sender are created with its first client.
            builder.Services.AddHostedService<ClientWarmUp>();
        });

    private static IEnumerable<Row> Rows() => TableRow().Matches(File.ReadAllText(Path.Combine(Folder, "metrics.md"))).Select(match => new Row(
        match.Groups["name"].Value,
        match.Groups["kind"].Value,
        match.Groups["unit"].Value,
        [.. match.Groups["attributes"].Value.Split(',', StringSplitOptions.TrimEntries).Select(name => name.Trim('`'))]));

    private static string Kind(Instrument instrument) =>
        instrument.GetType().Name.StartsWith("Counter", StringComparison.Ordinal) ? "counter" : instrument.IsObservable ? "gauge" : "histogram";

    private static IEnumerable<string> Series() => Rows().SelectMany(PrometheusNames);

    /// <summary>Returns the names that the OpenTelemetry exporters give to an instrument in Prometheus.</summary>
    private static IEnumerable<string> PrometheusNames(Row row)
    {
        var name = row.Name.Replace('.', '_') + (row.Unit == "`s`" ? "_seconds" : "");
        return row.Kind switch
        {
            "counter" => [$"{name}_total"],
            "histogram" => [$"{name}_bucket", $"{name}_count", $"{name}_sum"],
            _ => [name],
        };
    }

    private static IEnumerable<string> Labels() => Rows().SelectMany(row => row.Attributes).Select(name => name.Replace('.', '_'));

    private static IEnumerable<string> Names(string query) => Name().Matches(query).Select(match => match.Value);

    [GeneratedRegex(@"^\| `(?<name>rewt\.[a-z._]+)` \| (?<kind>[a-z]+) \| (?<unit>[^|]+) \| (?<attributes>[^|]+) \|", RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TableRow();

    [GeneratedRegex(@"\brewt_[a-z_]+", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Name();

    [GeneratedRegex(@"^rewt(\.[a-z]+(_[a-z]+)*)+$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex InstrumentName();

    private sealed record Row(string Name, string Kind, string Unit, IReadOnlyList<string> Attributes);

    private sealed class ClientWarmUp(IHttpClientFactory clients) : Microsoft.Extensions.Hosting.IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            using var client = clients.CreateClient("inventory");
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
