using System.Security.Claims;
using Grpc.Core;
using Grpc.Net.Client.Configuration;

namespace Rewt.Samples.Grpc;

/// <summary>The service that calls the gRPC service.</summary>
internal static class Orders
{
    /// <summary>Retries a call whose key was revoked in the meantime. gRPC buffers sent messages and can send them again where HTTP cannot.</summary>
    private static ServiceConfig SecondAttempt => new()
    {
        MethodConfigs =
        {
            new MethodConfig
            {
                Names = { MethodName.Default },
                RetryPolicy = new RetryPolicy
                {
                    MaxAttempts = 2,
                    InitialBackoff = TimeSpan.FromMilliseconds(50),
                    MaxBackoff = TimeSpan.FromMilliseconds(50),
                    BackoffMultiplier = 1,
                    RetryableStatusCodes = { StatusCode.Unauthenticated },
                },
            },
        },
    };

    public static void Run(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddRewtAuthentication(options => options.ServiceName = "orders");
        // snippet: sending
        builder.Services
            .AddGrpcClient<Greeter.GreeterClient>(options => options.Address = builder.Configuration.GetValue<Uri>("Services:greeter"))
            .AddRewtSigning(options =>
            {
                options.Audience = "greeter";
                options.ForwardClaims = ["userId"];
            })
            .ConfigureChannel(channel => channel.ServiceConfig = SecondAttempt);
        // end of snippet

        var app = builder.Build();

        // In production the user would come from a login. Here the query names the user, so that curl is sufficient.
        app.Use((context, next) =>
        {
            if (context.Request.Query["user"] is [{ } user]) context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim("userId", user)]));
            return next(context);
        });
        app.MapGet("/greet", async (Greeter.GreeterClient greeter, CancellationToken cancellationToken) =>
            await greeter.GreetAsync(new Greeting { Text = "good morning" }, cancellationToken: cancellationToken));
        app.MapGet("/greet/{times:int}", async (int times, Greeter.GreeterClient greeter, CancellationToken cancellationToken) =>
        {
            using var call = greeter.GreetOften(new Greeting { Text = "hello", Times = times }, cancellationToken: cancellationToken);
            var callers = new List<string>();
            await foreach (var answer in call.ResponseStream.ReadAllAsync(cancellationToken)) callers.Add(answer.Caller);
            return callers;
        });

        app.Run();
    }
}
