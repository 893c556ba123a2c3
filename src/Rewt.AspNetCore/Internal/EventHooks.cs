using Microsoft.AspNetCore.Authentication.JwtBearer;

namespace Rewt.Internal;

/// <summary>
/// Returns whether the application handles an event of JwtBearer. <see cref="RewtHandler"/> creates the context of an event only if the application
/// handles the event.
/// </summary>
internal static class EventHooks
{
    private static readonly JwtBearerEvents Default = new();

    public static bool HasMessageReceived(JwtBearerEvents events) => IsDerived(events) || !ReferenceEquals(events.OnMessageReceived, Default.OnMessageReceived);

    public static bool HasTokenValidated(JwtBearerEvents events) => IsDerived(events) || !ReferenceEquals(events.OnTokenValidated, Default.OnTokenValidated);

    public static bool HasAuthenticationFailed(JwtBearerEvents events) => IsDerived(events) || !ReferenceEquals(events.OnAuthenticationFailed, Default.OnAuthenticationFailed);

    private static bool IsDerived(JwtBearerEvents events) => events.GetType() != typeof(JwtBearerEvents);
}
