using System.Globalization;
using Rewt.Internal;
using Spectre.Console;

namespace Rewt.Tool;

/// <summary>Carries out the commands of <c>rewt apps</c>: lists and changes trusted apps and their API keys.</summary>
internal sealed class AppsCommandHandler(ToolContext context)
{
    public async Task<int> ListAsync(CancellationToken cancellationToken)
    {
        await using var session = RingSession.Open(context);
        var apps = await session.Apps.ListAsync(cancellationToken);
        if (context.IsJson)
        {
            context.WriteJson(new { context.Namespace, apps });
            return ExitCode.Done;
        }

        var table = new Table().AddColumns("App", "Name", "Owner", "Audiences", "Scopes", "Key", "State", "Last used");
        foreach (var app in apps)
        {
            var first = true;
            foreach (var key in app.Keys.DefaultIfEmpty())
            {
                string[] whose = first ? [app.Id, app.Name, app.Owner, string.Join(' ', app.Audiences), string.Join(' ', app.Scopes)] : ["", "", "", "", ""];
                table.AddRow([.. whose.Append(key?.KeyId ?? "").Append(State(key)).Append(Time(key?.LastUsedAt)).Select(Cell)]);
                first = false;
            }
        }

        context.Console.Write(table);
        return ExitCode.Done;
    }

    public async Task<int> AddAsync(RewtApp app, int? days, CancellationToken cancellationToken)
    {
        await using var session = RingSession.Open(context);
        if (await FindAsync(session, app.Id, cancellationToken) is { } known && known.Keys.Any(IsLive))
        {
            throw new ToolException(ExitCode.Refused, $"The app '{app.Id}' already exists and has a live key. 'rewt apps rotate {app.Id}' creates another key, and 'rewt apps revoke {app.Id}' revokes its keys.");
        }

        Print(await session.Apps.AddAsync(app, Expiry(days), cancellationToken));
        return ExitCode.Done;
    }

    public async Task<int> RotateAsync(string appId, int? days, CancellationToken cancellationToken)
    {
        await using var session = RingSession.Open(context);
        var app = await FindAsync(session, appId, cancellationToken) ?? throw Unknown(appId);
        if (app.Keys.Count(IsLive) > 1) throw new ToolException(ExitCode.Refused, $"The app '{appId}' has two live keys. Revoke the one that it no longer uses: 'rewt apps revoke {appId} --key ...'.");

        Print(await session.Apps.RotateAsync(appId, Expiry(days), cancellationToken));
        return ExitCode.Done;
    }

    public async Task<int> RevokeAsync(string appId, string? keyId, CancellationToken cancellationToken)
    {
        await using var session = RingSession.Open(context);
        var app = await FindAsync(session, appId, cancellationToken) ?? throw Unknown(appId);
        // An API key is replaced by its key id, because the messages below contain the value.
        if (keyId is not null && ApiKeyFormat.AppIdOf(keyId) is not null) keyId = ApiKeyFormat.KeyIdOf(ApiKeyFormat.Hash(keyId));
        if (keyId is not null && app.Keys.All(key => key.KeyId != keyId)) throw new ToolException(ExitCode.Refused, $"The app '{appId}' has no key {UntrustedText.Escape(KeyMaterial.Shown(keyId))}. 'rewt apps list' lists the keys.");

        await context.ConfirmAsync($"Permanently revoke {(keyId is null ? "all keys" : $"the key {keyId}")} of the app '{appId}'?", cancellationToken);
        if (keyId is null) await session.Apps.RevokeAsync(appId, cancellationToken);
        else await session.Apps.RevokeKeyAsync(appId, keyId, cancellationToken);

        if (context.IsJson) context.WriteJson(new { app = appId, revoked = keyId ?? "all" });
        else context.WriteLine($"Revoked: {(keyId is null ? "all keys" : $"the key {keyId}")} of the app '{appId}'.");
        return ExitCode.Done;
    }

    private static async Task<RewtApp?> FindAsync(RingSession session, string appId, CancellationToken cancellationToken) =>
        (await session.Apps.ListAsync(cancellationToken)).FirstOrDefault(app => app.Id == appId);

    private static ToolException Unknown(string appId) => new(ExitCode.Refused, $"The app '{UntrustedText.Escape(appId)}' does not exist. 'rewt apps list' lists the apps.");

    private DateTimeOffset? Expiry(int? days) => days switch
    {
        null => null,
        0 => DateTimeOffset.MaxValue,
        _ => context.Time.GetUtcNow().AddDays(days.Value),
    };

    private bool IsLive(RewtApiKey key) => key.RevokedAt is null && (key.ExpiresAt is null || key.ExpiresAt > context.Time.GetUtcNow());

    private void Print(RewtNewApiKey made)
    {
        if (context.IsJson)
        {
            context.WriteJson(new { app = made.AppId, made.KeyId, made.Key, made.ExpiresAt });
            return;
        }

        context.WriteLine(made.Key);
        context.Note($"This is the key {made.KeyId} of the app '{made.AppId}', valid {(made.ExpiresAt is { } until ? $"until {Time(until)}" : "without expiry")}. Store it now: it cannot be shown again.");
    }

    private string State(RewtApiKey? key) => key is null ? ""
        : key.RevokedAt is { } revoked ? $"revoked {Time(revoked)}"
        : IsLive(key) ? key.ExpiresAt is { } until ? $"until {Time(until)}" : "no expiry"
        : $"expired {Time(key.ExpiresAt)}";

    private static string Time(DateTimeOffset? time) => time is { } at ? string.Create(CultureInfo.InvariantCulture, $"{at:yyyy-MM-dd HH:mm}Z") : "";

    /// <summary>Escapes a text from Redis for the output in a table.</summary>
    private static string Cell(string text) => Markup.Escape(UntrustedText.Escape(text));
}
