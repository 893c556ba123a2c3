// Greeter is a gRPC service. With the argument "orders", this program is a service that calls it on behalf of users.
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rewt.Samples.Grpc;

if (args is ["orders", .. var settings])
{
    Orders.Run(settings);
    return;
}

var builder = WebApplication.CreateBuilder(args);

// Plain HTTP/2, for loopback only. With TLS, client and server negotiate HTTP/2.
builder.WebHost.ConfigureKestrel(server => server.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2));
// snippet: receiving
builder.Services.AddGrpc();
builder.Services.AddRewtAuthentication();
// end of snippet

var app = builder.Build();

app.MapGrpcService<GreeterService>();

app.Run();
