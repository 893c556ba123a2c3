// Gateway receives calls from outside, with or without a user's token. The calls that it forwards carry its own token.
using Rewt.Samples.Yarp;

var builder = WebApplication.CreateBuilder(args);

// snippet: gateway
builder.Services.AddAuthentication("Users").AddRewt("Users");   // the scheme of your users
builder.Services.AddRewtKeys();                                               // the gateway's own signing keys
builder.Services.AddReverseProxy()
    .LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"))
    .AddTransforms<SigningTransforms>();
// end of snippet
builder.Services.AddAuthorization();

var app = builder.Build();

app.MapGet("/health", () => "ok");
app.MapReverseProxy();

app.Run();
