using Microsoft.AspNetCore.Authentication.JwtBearer;

namespace Rewt.Internal;

/// <summary>Whether the application listens to JwtBearer's events: a context for nobody need not be made.</summary>
internal static class EventHooks
{
    private static readonly JwtBearerEvents Untouched = new();

    /// <summary>Whether anybody would notice that <c>MessageReceived</c> and <c>TokenValidated</c> do not run.</summary>
    public static bool HearSuccess(JwtBearerEvents events) =>
        events.GetType() != typeof(JwtBearerEvents)
        || !ReferenceEquals(events.OnMessageReceived, Untouched.OnMessageReceived)
        || !ReferenceEquals(events.OnTokenValidated, Untouched.OnTokenValidated);
}
