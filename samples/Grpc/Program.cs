// Greeter is a gRPC service. Started with "orders" it is a service that calls it, on behalf of users.
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rewt.Samples.Grpc;

if (args is ["orders", .. var settings])
{
    Orders.Run(settings);
    return;
}

var builder = WebApplication.CreateBuilder(args);

// Plain HTTP/2, which is for loopback: with TLS client and server agree on HTTP/2 by themselves.
builder.WebHost.ConfigureKestrel(server => server.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2));
// snippet: receiving
builder.Services.AddGrpc();
builder.Services.AddRewtAuthentication();
// end of snippet

var app = builder.Build();

app.MapGrpcService<GreeterService>();

app.Run();
