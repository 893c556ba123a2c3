using System.Security.Cryptography;
using System.Text.Json;

namespace Rewt.Internal;

/// <summary>
/// Converts a trusted app to and from the JSON text in a store. If the text is unreadable or invalid, the app is ignored, and its keys are refused.
/// </summary>
internal static class AppCodec
{
    public static byte[] Write(AppEntry app) => JsonSerializer.SerializeToUtf8Bytes(app, AppJson.Default.AppEntry);

    /// <param name="appId">The id under which the store contains the text. The text must contain the same id; a text copied to another id is
    /// refused.</param>
    /// <param name="json">The JSON text in the store.</param>
    public static AppEntry? Read(string appId, ReadOnlySpan<byte> json)
    {
        try
        {
            var app = JsonSerializer.Deserialize(json, AppJson.Default.AppEntry);
            return app is not null && app.Id == appId && IsSound(app) ? app : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsSound(AppEntry app) =>
        ApiKeyFormat.IsAppId(app.Id)
        && AppLimits.Problem(app.Name, app.Owner, app.Audiences, app.Scopes) is null
        && app.Keys.All(key => key is not null && key.Hash.Length == SHA256.HashSizeInBytes && key.Id == ApiKeyFormat.KeyIdOf(key.Hash)
            && IsTime(key.Created) && IsTime(key.Expires ?? 0) && IsTime(key.Revoked ?? 0));

    private static bool IsTime(long milliseconds) => milliseconds >= 0 && milliseconds <= StoreTime.Latest.Milliseconds;
}
