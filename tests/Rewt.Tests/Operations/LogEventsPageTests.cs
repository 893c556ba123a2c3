using System.Reflection;
using Rewt.Tests.Repository;

namespace Rewt.Tests.Operations;

/// <summary>Tests that docs/operations/log-events.md lists every log event and that event ids are stable.</summary>
public sealed partial class LogEventsPageTests
{
    /// <summary>Contains all assigned ids. An id is never assigned to another event.</summary>
    private static readonly (int Id, string Name)[] AssignedIds =
    [
        (1, "RingChanged"), (2, "RingUnusable"), (3, "RingWriteRefused"), (4, "RingRegressed"), (5, "Degraded"),
        (10, "StoreUnavailable"), (11, "StoreAvailable"), (12, "NoPush"), (13, "ClockOff"), (16, "RedisChosen"), (17, "SettingsInForce"),
        (30, "Retrying"), (31, "NoKeyToRetry"), (32, "CallRefused"), (33, "NoCallerToForward"),
        (36, "NotAuthenticated"), (40, "TokenAccepted"), (41, "TokenRefused"), (42, "KeysUnavailable"), (49, "CallerRefused"),
        (70, "DoctorFinding"), (71, "DoctorFindingGone"), (72, "DoctorUnable"),
        (90, "KeyCreated"), (91, "KeyActivated"), (92, "KeyRetired"), (93, "KeyRevoked"), (94, "RingFollowed"),
    ];

    [Fact]
    public void Every_log_event_is_documented_with_its_cause_and_remedy()
    {
        var page = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "operations", "log-events.md"));
        var rows = Row().Matches(page).Select(match => (Id: int.Parse(match.Groups["id"].Value, System.Globalization.CultureInfo.InvariantCulture), Name: match.Groups["name"].Value, Level: match.Groups["level"].Value)).ToList();

        Events().Select(logged => (logged.EventId, logged.EventName!)).ShouldBeSubsetOf(rows.Select(row => (row.Id, row.Name)));
        rows.Select(row => row.Id).ShouldBeUnique();
        foreach (var logged in Events().Where(logged => logged.Level != LogLevel.None)) rows.Single(row => row.Id == logged.EventId).Level.ShouldBe(logged.Level.ToString(), logged.EventName);
        Row().Matches(page).ShouldAllBe(match => match.Groups["cause"].Value.Trim().Length > 0 && match.Groups["cure"].Value.Trim().Length > 0);
    }

    [Fact]
    public void Log_event_ids_are_unique_and_have_not_changed()
    {
        Events().Select(logged => logged.EventId).ShouldBeUnique();
        Events().ShouldAllBe(logged => logged.EventId > 0 && logged.EventName != null);
        AssignedIds.ShouldBeSubsetOf(Events().Select(logged => (logged.EventId, logged.EventName!)));
    }

    [Fact]
    public async Task Every_documented_category_is_used_by_a_service()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Path, "docs", "operations", "log-events.md"), Cancellation);
        var documented = Row().Matches(page).Select(match => match.Groups["category"].Value).Where(category => category.StartsWith('`')).Select(category => category.Trim('`')).Distinct(StringComparer.Ordinal).ToList();
        await using var service = await Apps.AppService.StartAsync(configure: builder => builder.Services.AddHttpClient("callee").AddRewtSigning("callee"));
        service.Client("callee").Dispose();

        documented.ShouldNotBeEmpty();
        await Eventually.TrueAsync(() => !documented.Except(service.Log.Categories, StringComparer.Ordinal).Any(), $"the service has loggers of {string.Join(", ", documented)}");
    }

    private static List<LoggerMessageAttribute> Events() =>
    [
        .. Packages.InOrder.SelectMany(package => package.GetTypes())
            .SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>())
            .OfType<LoggerMessageAttribute>(),
    ];

    [GeneratedRegex(@"^\| (?<id>\d+) \| `(?<name>\w+)` \| (?<level>[^|]+?) \| (?<category>[^|]+) \| (?<cause>[^|]+) \| (?<cure>[^|]+) \|$", RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();
}
