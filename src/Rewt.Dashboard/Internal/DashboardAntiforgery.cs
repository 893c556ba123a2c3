using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Rewt.Internal;

/// <summary>
/// Issues and checks the antiforgery tokens of the dashboard's commands, with ASP.NET Core's antiforgery and separate settings, so that the
/// application need not register it. It uses the application's data protection if there is one, because one instance may serve the page and another
/// receive the command.
/// </summary>
internal sealed class DashboardAntiforgery(IServiceProvider application)
{
    /// <summary>Created with the first page, because options are validated at startup and not while routes are mapped.</summary>
    private readonly Lazy<IAntiforgery> _antiforgery = new(() => Make(application));

    /// <summary>
    /// Issues the token that the page sends with a command in the header <c>RequestVerificationToken</c> or the field
    /// <c>__RequestVerificationToken</c>.
    /// </summary>
    public string Issue(HttpContext context) => _antiforgery.Value.GetAndStoreTokens(context).RequestToken!;

    public async Task<bool> IsValidAsync(HttpContext context)
    {
        try
        {
            await _antiforgery.Value.ValidateRequestAsync(context);
            return true;
        }
        catch (Exception exception) when (exception is AntiforgeryValidationException or InvalidOperationException or NotSupportedException)
        {
            // The last two report a form whose character set cannot be read.
            return false;
        }
    }

    private static IAntiforgery Make(IServiceProvider application)
    {
        var services = new ServiceCollection();
        services.AddAntiforgery(options =>
        {
            options.SuppressXFrameOptionsHeader = true;
            options.Cookie.Name = CookieName(application.GetRequiredService<KeyRingRegistry>());
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.Cookie.HttpOnly = true;
        });
        // The framework logs a cookie left by another instance or an earlier run as an error, which it is not.
        services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(NullLoggerFactory.Instance));
        services.Replace(ServiceDescriptor.Singleton(application.GetService<IDataProtectionProvider>() ?? new EphemeralDataProtectionProvider()));
        // The provider lives as long as the routes and holds nothing that needs disposal.
        return services.BuildServiceProvider().GetRequiredService<IAntiforgery>();
    }

    /// <summary>
    /// Returns a cookie name derived from the service. Cookies ignore ports, so two services on one host would overwrite each other's cookie. All
    /// instances of a service share the name.
    /// </summary>
    private static string CookieName(KeyRingRegistry rings)
    {
        var service = rings.Options(rings.Names[0]).ServiceName ?? string.Empty;
        return $".Rewt.Dashboard.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(service)).AsSpan(0, 4))}";
    }
}
