// Login signs users in. An app gets a token that is valid for a day; a browser gets a cookie, so that no page handles a token.
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Rewt.Samples.Login;

var builder = WebApplication.CreateBuilder(args);

// Services call each other with one-minute tokens of the scheme Rewt. User tokens belong to another trust domain with other lifetimes.
builder.Services.AddRewtAuthentication()
    .AddRewt("Users")
    .AddCookie(options => options.ForAnApplicationWithoutPages());
builder.Services.AddRateLimiter(options => options.AddLoginLimit());
builder.Services.AddSingleton<UserBook>();
builder.Services.AddSingleton<UserTokens>();
builder.Services
    .AddHttpClient("shipping", client => client.BaseAddress = builder.Configuration.GetValue<Uri>("Services:shipping"))
    .AddRewtSigning(options => (options.Audience, options.ForwardClaims) = ("shipping", ["userId"]));

var app = builder.Build();
app.UseRateLimiter();

app.MapGet("/health", () => "ok");

// For apps and scripts: a token that is valid for a day.
app.MapPost("/login", async (Credentials credentials, UserBook users, UserTokens tokens) =>
    users.Find(credentials) is { } userId ? Results.Text(await tokens.SignAsync(userId)) : Results.Unauthorized()).RequireRateLimiting("login");

var user = app.MapGroup("/").RequireAuthorization(policy => policy.AddAuthenticationSchemes("Users").RequireAuthenticatedUser());
user.MapGet("/me", (ClaimsPrincipal me, UserTokens tokens) => tokens.UserOf(me));
user.MapPost("/logout-everywhere", async (ClaimsPrincipal me, UserTokens tokens) => await tokens.RevokeAsync(tokens.UserOf(me)));

// For browsers: a cookie. Calls of this service then carry the user id in a token that the browser never sees.
app.MapPost("/session", (Credentials credentials, UserBook users) => users.Find(credentials) is { } userId
    ? Results.SignIn(new ClaimsPrincipal(new ClaimsIdentity([new Claim("userId", userId)], CookieAuthenticationDefaults.AuthenticationScheme)),
        authenticationScheme: CookieAuthenticationDefaults.AuthenticationScheme)
    : Results.Unauthorized()).RequireRateLimiting("login");

var session = app.MapGroup("/session").RequireAuthorization(policy =>
    policy.AddAuthenticationSchemes(CookieAuthenticationDefaults.AuthenticationScheme).RequireAuthenticatedUser());
session.MapGet("/shipment", (IHttpClientFactory clients, CancellationToken cancellationToken) =>
    clients.CreateClient("shipping").GetStringAsync(new Uri("/shipments/teapot", UriKind.Relative), cancellationToken));
session.MapDelete("/", (HttpContext context) => context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme));

// For other services: the default scheme Rewt.
app.MapGet("/users/{userId}", (string userId, UserBook users) => users.Contains(userId) ? Results.Text(userId) : Results.NotFound()).RequireAuthorization();

app.Run();
