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
/// Issues and checks the antiforgery tokens of the dashboard's commands. The class uses ASP.NET Core's antiforgery with settings of its own, so that
/// the application does not need to register antiforgery. The class uses the data protection of the application if there is one, so that one instance
/// can return the page and another instance can receive the command.
/// </summary>
internal sealed class DashboardAntiforgery(IServiceProvider application)
{
    /// <summary>
    /// The antiforgery service. The service is created when a page is requested for the first time. The service is not created earlier, while routes
    /// are mapped, because the options of the application are validated only when the application starts.
    /// </summary>
    private readonly Lazy<IAntiforgery> _antiforgery = new(() => Make(application));

    /// <summary>
    /// Issues the antiforgery token of a page. The page sends the token with each command, in the header <c>RequestVerificationToken</c> or in the
    /// form field <c>__RequestVerificationToken</c>.
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
    /// Returns the name of the antiforgery cookie, which contains the name of the service. Two services on one host need different names, because
    /// browsers do not separate cookies by port. All instances of a service use the same name.
    /// </summary>
    private static string CookieName(KeyRingRegistry rings)
    {
        var service = rings.Options(rings.Names[0]).ServiceName ?? string.Empty;
        return $".Rewt.Dashboard.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(service)).AsSpan(0, 4))}";
    }
}
