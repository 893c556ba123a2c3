using System.Globalization;
using System.Text;
using Rewt.Internal;
using Spectre.Console;

namespace Rewt.Tool;

/// <summary>
/// Formats a key ring as a table or JSON for the output of the tool. Secrets are included only if the user gave the option that shows secrets.
/// </summary>
internal static class RingFormatter
{
    /// <summary>Returns the object that is serialized as the JSON output for a key ring.</summary>
    /// <param name="context">The context of the command, with the output options.</param>
    /// <param name="ring">The shared secrets of the namespace.</param>
    /// <param name="pairs">The key pairs of the services; <see langword="null"/> if the namespace has none.</param>
    public static object Json(ToolContext context, RingSnapshot ring, PairSnapshot? pairs = null) => new
    {
        context.Namespace,
        ring.Version,
        changedBy = ring.ChangedBy,
        keys = ring.ToKeys().Concat(pairs?.ToKeys() ?? [])
            .Select(key => new { key.KeyId, state = State(key), until = key.StateEndsAt, service = key.Issuer, attestedBy = key.AttestedBy, attestedUntil = key.AttestedUntil, attestation = key.AttestationNote, secret = context.ShowSecret ? SecretOf(ring, key.KeyId) : null }),
    };

    public static void Print(ToolContext context, RingSnapshot ring, PairSnapshot? pairs = null)
    {
        if (pairs is not null)
        {
            var table = new Table().AddColumns("Service", "Key pair", "State", "Until", "Certificate");
            foreach (var key in pairs.ToKeys()) table.AddRow([.. new[] { key.Issuer ?? "", key.KeyId, State(key), Until(key, pairs), Certificate(key) }.Select(Markup.Escape)]);
            context.Console.Write(table);
        }

        if (ring.Epoch is null) return;
        context.Console.Write(Table(context, ring));
        context.WriteLine($"Namespace {context.Namespace}, version {ring.Version}, last changed by {ring.ChangedBy ?? "unknown"}.");
    }

    public static Table Table(ToolContext context, RingSnapshot ring)
    {
        var table = new Table().AddColumns("Key", "State", "Until", "Use");
        if (context.ShowSecret) table.AddColumn("Secret");
        foreach (var key in ring.ToKeys())
        {
            var cells = new List<string> { key.KeyId, State(key), Until(key, ring), Meaning(key.State) };
            if (context.ShowSecret) cells.Add(UntrustedText.Escape(SecretOf(ring, key.KeyId) ?? "", int.MaxValue));
            table.AddRow([.. cells.Select(Markup.Escape)]);
        }

        return table;
    }

    public static string State(RewtKey key) => key.State.ToString().ToLowerInvariant();

    private static string Certificate(RewtKey key) => key.AttestedBy is null ? key.AttestationNote ?? "" : string.Create(CultureInfo.InvariantCulture, $"{key.AttestedBy} until {key.AttestedUntil:u}");

    private static string Until(RewtKey key, KeySnapshot ring)
    {
        if (key.StateEndsAt is not { } until) return "";
        var left = until - ring.ReadAt.ToDateTimeOffset();
        return string.Create(CultureInfo.InvariantCulture, $"{until:yyyy-MM-dd HH:mm:ss}Z ({Short(left)})");
    }

    private static string Short(TimeSpan time) => time < TimeSpan.Zero ? "overdue" : time.TotalDays >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:0.#} d")
        : time.ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture);

    private static string Meaning(RewtKeyState state) => state switch
    {
        RewtKeyState.Current => "signs; then retires",
        RewtKeyState.Pending => "signs next",
        RewtKeyState.Retired => "verifies; then deleted",
        _ => "revoked; then deleted",
    };

    private static string? SecretOf(RingSnapshot ring, string keyId)
    {
        var state = ring.Reading.Ring;
        var secret = new[] { state?.Current, state?.Next }.Concat(state?.Retired.Select(key => key.Secret) ?? []).FirstOrDefault(secret => secret?.KeyId.ToString() == keyId);
        return secret is null ? null : Encoding.UTF8.GetString(secret.Bytes);
    }
}
