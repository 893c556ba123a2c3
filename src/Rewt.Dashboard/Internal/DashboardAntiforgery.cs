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
/// ASP.NET Core's antiforgery with settings of its own, so that neither the application must register one nor its settings change ours. It shares the
/// application's data protection where there is one: the page may come from one instance and the command go to another.
/// </summary>
internal sealed class DashboardAntiforgery(IServiceProvider application)
{
    /// <summary>Made with the first page, for settings are looked at when the application starts, not while its routes are mapped.</summary>
    private readonly Lazy<IAntiforgery> _antiforgery = new(() => Make(application));

    /// <summary>The token that a page sends back with a command, in the header <c>RequestVerificationToken</c> or the field <c>__RequestVerificationToken</c>.</summary>
    public string Issue(HttpContext context) => _antiforgery.Value.GetAndStoreTokens(context).RequestToken!;

    public async Task<bool> IsValidAsync(HttpContext context)
    {
        try
        {
            await _antiforgery.Value.ValidateRequestAsync(context);
            return true;
        }
        catch (AntiforgeryValidationException)
        {
            return false;
        }
    }

    private static IAntiforgery Make(IServiceProvider application)
    {
        var services = new ServiceCollection();
        services.AddAntiforgery(options =>
        {
            options.SuppressXFrameOptionsHeader = true;
            options.Cookie.Name = CookieName(application.GetRequiredService<RingRegistry>());
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.Cookie.HttpOnly = true;
        });
        // A cookie that another instance or an earlier run left is none of the errors that the framework calls it.
        services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(NullLoggerFactory.Instance));
        services.Replace(ServiceDescriptor.Singleton(application.GetService<IDataProtectionProvider>() ?? new EphemeralDataProtectionProvider()));
        // It lives as long as the routes do and holds nothing that would have to be disposed of.
        return services.BuildServiceProvider().GetRequiredService<IAntiforgery>();
    }

    /// <summary>Cookies know no ports: two services on one host would overwrite each other's. Of one service all instances have the same.</summary>
    private static string CookieName(RingRegistry rings)
    {
        var service = rings.Options(rings.Names[0]).ServiceName ?? string.Empty;
        return $".Rewt.Dashboard.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(service)).AsSpan(0, 4))}";
    }
}
