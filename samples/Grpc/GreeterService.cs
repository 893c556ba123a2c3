using System.Security.Claims;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;

namespace Rewt.Samples.Grpc;

// snippet: service
[Authorize]
internal sealed class GreeterService : Greeter.GreeterBase
{
    public override Task<Answer> Greet(Greeting request, ServerCallContext context)
    {
        ClaimsPrincipal user = context.GetHttpContext().User;
        return Task.FromResult(new Answer
        {
            Text = $"{request.Text} to you",
            Caller = user.Identity!.Name,
            UserId = user.FindFirstValue("userId") ?? "",
        });
    }

    public override async Task GreetOften(Greeting request, IServerStreamWriter<Answer> responseStream, ServerCallContext context)
    {
        for (var time = 0; time < request.Times; time++) await responseStream.WriteAsync(await Greet(request, context), context.CancellationToken);
    }
}
// end of snippet
