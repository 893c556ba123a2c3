// Gateway is where calls from outside come in, with a user's token or with none. What it passes on carries a token of its own.
using Rewt.Samples.Yarp;

var builder = WebApplication.CreateBuilder(args);

// snippet: gateway
builder.Services.AddAuthentication("Users").AddRewt("Users", _ => { });   // whatever your users sign in with
builder.Services.AddRewt();                                               // what the gateway signs with
builder.Services.AddReverseProxy()
    .LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"))
    .AddTransforms<SigningTransforms>();
// end of snippet
builder.Services.AddAuthorization();

var app = builder.Build();

app.MapGet("/health", () => "ok");
app.MapReverseProxy();

app.Run();
