using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Rewt.Internal;

/// <summary>
/// Carries out the commands of the dashboard: rotates a key ring or revokes a key in the name of the signed-in user. The commands follow the same
/// rules as the commands of the command-line tool.
/// </summary>
internal sealed class DashboardCommands(IServiceProvider services, DashboardAntiforgery antiforgery)
{
    /// <summary>The maximum number of instances that an answer names. Every service with a Redis login can add instances.</summary>
    private const int MostNamed = 10;

    private static readonly TimeSpan WaitForInstances = TimeSpan.FromSeconds(5);

    private readonly KeyRingRegistry _rings = services.GetRequiredService<KeyRingRegistry>();
    private readonly TimeProvider _time = services.GetRequiredService<TimeProvider>();

    public Task RotateAsync(HttpContext context) => CarryOutAsync(context, RotateAsync);

    public Task RevokeAsync(HttpContext context) => CarryOutAsync(context, RevokeAsync);

    private async Task CarryOutAsync(HttpContext context, Func<HttpContext, CommandRequest, string, Task> command)
    {
        CommandRequest.Limit(context);
        if (!await antiforgery.IsValidAsync(context))
        {
            await AnswerAsync(context, StatusCodes.Status400BadRequest, new("antiforgery", "The page is out of date, or the command was not sent by it. Reload the page and try again."));
            return;
        }

        if (await CommandRequest.ReadAsync(context.Request) is not { } request)
        {
            await AnswerAsync(context, StatusCodes.Status400BadRequest, new("malformed", "The request body must be JSON or a form."));
            return;
        }

        var name = _rings.Names.FirstOrDefault(name => request.Ring is null || _rings.Options(name).Namespace == request.Ring);
        if (name is null)
        {
            await AnswerAsync(context, StatusCodes.Status404NotFound, new("unknown_ring", "This application has no key ring with this name."));
            return;
        }

        try
        {
            using var scope = new AuditScope(NameOf(context.User));
            await command(context, request, name);
        }
        catch (RewtKeysUnavailableException exception)
        {
            context.Response.Headers.RetryAfter = OutageAnswer.Seconds(exception.RetryAfter);
            var cause = exception.InnerException is { } inner && StoreFailure.Explanation(inner) is null ? $" ({StoreFailure.Cause(inner)})" : string.Empty;
            await AnswerAsync(context, StatusCodes.Status503ServiceUnavailable, new("unavailable", exception.Message.Replace(" See the inner exception.", string.Empty, StringComparison.Ordinal) + cause));
        }
        catch (NotSupportedException exception)
        {
            await AnswerAsync(context, StatusCodes.Status409Conflict, new("not_supported", exception.Message));
        }
    }

    private async Task RotateAsync(HttpContext context, CommandRequest request, string name)
    {
        var ring = services.GetRequiredKeyedService<IRewtKeyRing>(name);
        if (!request.Force && await OverlapAsync(_rings.Provider(_rings.Options(name).Namespace), context.RequestAborted) is { } overlap)
        {
            await AnswerAsync(context, StatusCodes.Status409Conflict, overlap);
            return;
        }

        var rotated = await ring.RotateAsync(context.RequestAborted);
        var keyId = rotated.Current?.KeyId;
        await AnswerAsync(context, StatusCodes.Status200OK, new("rotated", $"Rotated: the key {keyId ?? "that was pending"} signs now, and the previous key verifies until its last token has expired.", keyId));
    }

    /// <summary>
    /// Returns the response that refuses a rotation, if a key that the last rotation retired still verifies tokens; otherwise <see langword="null"/>.
    /// The command-line tool refuses such a rotation too.
    /// </summary>
    private async Task<CommandAnswer?> OverlapAsync(KeyRingProvider keyRing, CancellationToken cancellationToken)
    {
        var known = await keyRing.GetAsync(cancellationToken);
        var now = known.StoreTimeAt(ClockReading.Now(_time)).ToDateTimeOffset();
        var retired = known.CanChange ? known.ToKeys().FirstOrDefault(key => key is { State: RewtKeyState.Retired, IsForeign: false } && key.StateEndsAt > now) : null;
        return retired is null ? null : new CommandAnswer(
            "overlap",
            string.Create(CultureInfo.InvariantCulture, $"The last rotation is in its overlap: the key {retired.KeyId} verifies until {retired.StateEndsAt:HH:mm:ss} UTC{(known is RingSnapshot ? ", and a Node service may still sign with it" : string.Empty)}. Wait until then, or rotate anyway."),
            retired.KeyId);
    }

    private async Task RevokeAsync(HttpContext context, CommandRequest request, string name)
    {
        if (request.KeyId is not { Length: > 0 and <= 200 } keyId)
        {
            await AnswerAsync(context, StatusCodes.Status400BadRequest, new("malformed", "keyId is missing or invalid."));
            return;
        }

        if (!await IsKnownAsync(_rings.Options(name).Namespace, KeyId.Parse(keyId), context.RequestAborted))
        {
            await AnswerAsync(context, StatusCodes.Status404NotFound, new("unknown_key", "The key ring has no key with this id. Check the list of keys."));
            return;
        }

        // The wait continues if the browser disconnects, so that the outcome for every instance is recorded.
        var revocation = await services.GetRequiredKeyedService<IRewtKeyRing>(name).RevokeAndWaitAsync(keyId, WaitForInstances, CancellationToken.None);
        var message = revocation.IsComplete
            ? $"Revoked: every live instance refuses the tokens of the key {keyId}."
            : $"Revoked, but {(revocation.Unconfirmed.Count == 1 ? "one instance has" : $"{revocation.Unconfirmed.Count} instances have")} not confirmed the key {keyId} within {WaitForInstances.TotalSeconds} seconds{(revocation.Unconfirmed.Count > MostNamed ? $" ({MostNamed} are named)" : string.Empty)}. A disconnected instance drops the key when it reconnects; check its log and its connection to Redis.";
        await AnswerAsync(context, StatusCodes.Status200OK, new("revoked", message, keyId, [.. revocation.Unconfirmed.Take(MostNamed).Select(name => UntrustedText.Escape(name))]));
    }

    /// <summary>Returns whether a key exists. If this instance does not know the key, the method reads the key ring again.</summary>
    private async Task<bool> IsKnownAsync(string @namespace, KeyId keyId, CancellationToken cancellationToken)
    {
        foreach (var keyRing in _rings.All(@namespace).Where(keyRing => keyRing.IsPossible(keyId)))
        {
            if (Has(keyRing.Known) || Has(await keyRing.RefreshAsync(cancellationToken))) return true;
        }

        return false;

        bool Has(KeySnapshot? known) => known?.ToKeys().Any(key => key.KeyId == keyId.ToString()) == true;
    }

    /// <summary>Returns the name of the user, which the audit record names as the author of a change.</summary>
    public static string NameOf(ClaimsPrincipal user)
    {
        // The record allows only the characters of an identifier. Other names are converted, because a mere "?" would not identify the user.
        var name = GivenNameOf(user);
        return name is null ? "the dashboard" : Names.IsIdentifier(name) ? name : Names.ToIdentifier(name);
    }

    /// <summary>
    /// Returns the unchanged name of the user, so that different names remain different; <see langword="null"/> if the user has no name.
    /// </summary>
    public static string? GivenNameOf(ClaimsPrincipal user)
    {
        var name = user.Identity is { IsAuthenticated: true } identity ? identity.Name : null;
        string?[] given = [name, user.FindFirst(ClaimTypes.NameIdentifier)?.Value, user.FindFirst("sub")?.Value];
        var names = given.OfType<string>().Where(one => !string.IsNullOrWhiteSpace(one)).ToList();
        return names.Find(Names.IsIdentifier) ?? names.FirstOrDefault();
    }

    private static Task AnswerAsync(HttpContext context, int status, CommandAnswer answer)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(answer, JsonSerializerOptions.Web, CancellationToken.None);
    }
}
