using System.CommandLine;
using System.Text;
using Rewt.Internal;

namespace Rewt.Tool;

/// <summary><c>rewt keys</c>: lists, rotates and revokes keys.</summary>
internal static class KeysCommand
{
    /// <summary>The maximum number of instances that a message names. Any Redis login of a service can add names to the list of instances.</summary>
    private const int MostNamed = 10;

    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(15);

    private static readonly Option<bool> Force = new("--force") { Description = "Run the command even if calls may fail." };

    private static readonly Option<string?> Authorities = new("--authorities")
    {
        Description = "Check the certificates of key pairs with the root certificates in this PEM file. Give what the services demand with --identity-name and --revocation-list too. Without it, they are listed as the services claim them.",
        HelpName = "file",
    };

    private static readonly Option<string[]> IdentityNames = new("--identity-name")
    {
        Description = "With --authorities: a name that certificates must have (Rewt:Identity:Names of the services), for example '{service}.shop.svc'. The option can be repeated.",
        HelpName = "name",
    };

    private static readonly Option<string?> RevocationList = new("--revocation-list")
    {
        Description = "With --authorities: the file with certificate revocation lists (Rewt:Identity:RevocationListFile of the services).",
        HelpName = "file",
    };

    private static readonly Argument<string> KeyId = new("key") { Description = "The key id, or 'current' or 'pending'." };

    private static readonly Option<double?> Wait = new("--wait")
    {
        Description = "Wait until every live instance has dropped the key, for at most this number of seconds. Default: 15.",
        HelpName = "seconds",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static Command Create()
    {
        KeyId.CompletionSources.Add("current", "pending");
        Wait.Require(seconds => seconds is >= 0 and <= 3600, "from 0 to 3600 seconds");

        var list = new Command("list", "List the keys of the key ring and their use. Changes nothing.") { Authorities, IdentityNames, RevocationList };
        list.SetAction((arguments, cancellation) => ListAsync(ToolContext.Of(arguments), arguments.GetValue(Authorities), arguments.GetValue(IdentityNames) ?? [], arguments.GetValue(RevocationList), cancellation));
        var rotate = new Command("rotate", "Make the pending key current now. The old key verifies until its last token has expired. Refused while an earlier rotation is in its overlap.") { Force };
        rotate.SetAction((arguments, cancellation) => RotateAsync(ToolContext.Of(arguments), arguments.GetValue(Force), cancellation));
        var revoke = new Command("revoke", "Revoke a key immediately and permanently. All tokens of the key are refused.") { KeyId, Wait, Force };
        revoke.SetAction((arguments, cancellation) => RevokeAsync(
            ToolContext.Of(arguments),
            arguments.GetValue(KeyId)!,
            arguments.GetResult(Wait) is null ? null : arguments.GetValue(Wait) is { } seconds ? TimeSpan.FromSeconds(seconds) : DefaultWait,
            arguments.GetValue(Force),
            cancellation));
        return new Command("keys", "Manage the keys of the namespace.") { list, rotate, revoke };
    }

    private static async Task<int> ListAsync(ToolContext context, string? authorities, string[] names, string? revocationList, CancellationToken cancellationToken)
    {
        if (authorities is null && (names.Length > 0 || revocationList is not null)) throw new ToolException(ExitCode.Usage, "--identity-name and --revocation-list need --authorities.");
        await using var session = RingSession.Open(context, authorities is null ? null : options =>
        {
            (options.AlsoAccept, options.Identity.AcceptUnattested) = (KeyMode.KeyPair, true);
            options.Identity.Authorities.Add(authorities);
            (options.Identity.Names, options.Identity.RevocationListFile) = (names, revocationList);
        });
        var pairs = await session.Pairs.ReadAsync(cancellationToken);
        Print(context, pairs is null ? await session.RequireAsync(cancellationToken) : await session.ReadIfPermittedAsync(cancellationToken), pairs);
        return ExitCode.Done;
    }

    private static async Task<int> RotateAsync(ToolContext context, bool force, CancellationToken cancellationToken)
    {
        await using var session = RingSession.Open(context);
        if ((await session.ReadIfPermittedAsync(cancellationToken)).Epoch is null && await session.Pairs.ReadAsync(cancellationToken) is not null)
        {
            throw new ToolException(ExitCode.Refused, "The services of this namespace sign with key pairs, and only the process that has a key pair can rotate it. Restart the instance, or call IRewtKeyRing.RotateAsync in it. 'rewt keys revoke' revokes a key pair.");
        }

        var ring = await session.RequireAsync(cancellationToken);
        if (!force && ring.ToKeys().FirstOrDefault(key => key.State == RewtKeyState.Retired && key.StateEndsAt > ring.ReadAt.ToDateTimeOffset()) is { } retired)
        {
            throw new ToolException(
                ExitCode.Refused,
                $"The last rotation is in its overlap: key {retired.KeyId} verifies until {retired.StateEndsAt:yyyy-MM-dd HH:mm:ss}Z, and a Node service may still sign with it. Wait until then, or add --force.");
        }

        var rotated = await session.RotateAsync(ring, cancellationToken);
        if (!context.IsJson) context.Note($"Rotated: {ring.Current?.KeyId.ToString() ?? "none"} retires, {rotated.Current?.KeyId} signs.");
        Print(context, rotated);
        return ExitCode.Done;
    }

    private static async Task<int> RevokeAsync(ToolContext context, string key, TimeSpan? wait, bool force, CancellationToken cancellationToken)
    {
        await using var session = RingSession.Open(context);
        var named = Rewt.Internal.KeyId.TryParse(key);
        var isPair = named is { IsOfKeyPair: true };
        var ring = isPair ? await session.ReadIfPermittedAsync(cancellationToken, ignoresErrors: true) : await session.RequireAsync(cancellationToken);
        // A secret can have the form of a key id. Without this check, the secret would be stored as a revocation and printed.
        if (Rewt.Internal.KeyId.Of(Encoding.UTF8.GetBytes(key)) is var ofSecret && ring.ToKeys().Any(known => known.KeyId == ofSecret.ToString()))
        {
            throw new ToolException(ExitCode.Usage, $"The argument is not a key id but the secret of the key {ofSecret}, and nothing was changed. Run 'rewt keys revoke {ofSecret}', and delete the secret from the history of the shell.");
        }

        if (isPair) return await RevokePairAsync(context, session, ring, named!.Value, wait, force, cancellationToken);

        var revoked = key switch
        {
            "current" => ring.Current?.KeyId ?? throw new ToolException(ExitCode.Refused, "The key ring has no current key. 'rewt keys list' lists the keys."),
            "pending" => ring.Next?.KeyId ?? throw new ToolException(ExitCode.Refused, "The key ring has no pending key. 'rewt keys list' lists the keys."),
            _ => named,
        };
        if (revoked is not { IsOfSecret: true } keyId)
        {
            throw new ToolException(ExitCode.Usage, $"{KeyMaterial.Shown(key)} is not a key id, which has {Rewt.Internal.KeyId.Length} base64url characters. 'rewt keys list' lists the keys.");
        }

        var known = ring.ToKeys().FirstOrDefault(known => known.KeyId == keyId.ToString());
        if (known is null && !force) throw Unknown(keyId);
        if (known is not { State: RewtKeyState.Revoked })
        {
            await context.ConfirmAsync($"Permanently revoke the {known?.State.ToString().ToLowerInvariant() ?? "unknown"} key {keyId} of the namespace '{context.Namespace}'?", cancellationToken);
            ring = await session.RevokeAsync(keyId, cancellationToken);
        }

        var missing = wait is { } limit ? await ConfirmationsAsync(context, keyId, session.WaitForAllAsync(ring, limit, cancellationToken)) : null;
        Print(context, ring, keyId, missing);
        return Confirm(context, missing);
    }

    private static async Task<int> RevokePairAsync(ToolContext context, RingSession session, RingSnapshot ring, KeyId keyId, TimeSpan? wait, bool force, CancellationToken cancellationToken)
    {
        var pairs = await session.Pairs.ReadAsync(cancellationToken)
            ?? (force ? await session.Pairs.EmptyAsync(cancellationToken) : null)
            ?? throw new ToolException(ExitCode.NoRing, $"No service of the namespace '{context.Namespace}' has published a key pair. Specify another namespace with --namespace or REWT_NAMESPACE, or add --force to revoke the key anyway.");
        var known = pairs.ToKeys().FirstOrDefault(known => known.KeyId == keyId.ToString());
        if (known is null && !force) throw Unknown(keyId);

        await context.ConfirmAsync($"Permanently revoke the key pair {keyId}{(known?.Issuer is { } service ? $" of {service}" : "")}?", cancellationToken);
        pairs = await session.Pairs.RevokeAsync(pairs, keyId, cancellationToken);
        var missing = wait is { } limit ? await ConfirmationsAsync(context, keyId, session.Pairs.WaitForAllAsync(pairs, limit, cancellationToken)) : null;
        Print(context, ring, keyId, missing, pairs);
        return Confirm(context, missing);
    }

    /// <exception cref="ToolException">The confirmations cannot be read. The message states that the key is revoked nevertheless.</exception>
    private static async Task<IReadOnlyList<string>> ConfirmationsAsync(ToolContext context, KeyId keyId, Task<IReadOnlyList<string>> confirmations)
    {
        try
        {
            return await confirmations;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new ToolException(ExitCode.Unconfirmed, $"The key {keyId} is revoked, but the confirmations of the instances cannot be read: {Failure.Of(exception, context.Namespace).Message}");
        }
    }

    private static ToolException Unknown(KeyId keyId) =>
        new(ExitCode.Refused, $"The key ring has no key {keyId}. 'rewt keys list' lists the keys. Add --force to revoke the key anyway, so that it can never be used.");

    private static int Confirm(ToolContext context, IReadOnlyList<string>? missing)
    {
        if (missing is not { Count: > 0 }) return ExitCode.Done;

        context.Note($"rewt: the key is revoked, but these instances have not confirmed it: {Names.List(missing, MostNamed)}. A disconnected instance drops the key when it reconnects; check its log and its connection to Redis.");
        return ExitCode.Unconfirmed;
    }

    private static void Print(ToolContext context, RingSnapshot ring, PairSnapshot? pairs = null)
    {
        if (context.IsJson) context.WriteJson(RingFormatter.Json(context, ring, pairs));
        else RingFormatter.Print(context, ring, pairs);
    }

    private static void Print(ToolContext context, RingSnapshot ring, KeyId keyId, IReadOnlyList<string>? missing, PairSnapshot? pairs = null)
    {
        if (context.IsJson)
        {
            context.WriteJson(new { revoked = keyId.ToString(), confirmed = missing is null ? (bool?)null : missing.Count == 0, unconfirmed = missing, ring = RingFormatter.Json(context, ring, pairs) });
            return;
        }

        context.Note($"Revoked: {keyId}.{(missing is { Count: 0 } ? " Every live instance has dropped it." : "")}");
        RingFormatter.Print(context, ring, pairs);
    }
}
