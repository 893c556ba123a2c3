// Reports admits only trusted apps, and each endpoint of /reports requires a scope. With the argument "add", this program adds an app and prints its API key.
using System.Security.Claims;
using Rewt;

if (args is ["add", { } id, .. var settings])
{
    var management = Host.CreateApplicationBuilder(settings);
    management.Services.AddRewtApps();
    using var host = management.Build();
    var added = await host.Services.GetRequiredService<IRewtApps>().AddAsync(new RewtApp(id) { Audiences = ["reports"], Scopes = ["reports.read"] });
    Console.WriteLine(added.Key);
    return;
}

var builder = WebApplication.CreateBuilder(args);

builder.Services.AddRewtAuthentication().AddRewtApiKeys();
// The claim scope is not sufficient, because a service could set it. Only apps have the claim client_id.
builder.Services.AddAuthorizationBuilder()
    .AddPolicy("ReadReports", policy => policy.RequireClaim("client_id").RequireClaim("scope", "reports.read"))
    .AddPolicy("WriteReports", policy => policy.RequireClaim("client_id").RequireClaim("scope", "reports.write"));

var app = builder.Build();

app.MapGet("/reports", (ClaimsPrincipal caller) => $"the reports of {caller.Identity?.Name}\n").RequireAuthorization("ReadReports");
app.MapPost("/reports", () => Results.NoContent()).RequireAuthorization("WriteReports");
app.MapRewtTokenEndpoint("/token");

app.Run();
