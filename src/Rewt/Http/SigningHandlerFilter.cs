using Microsoft.Extensions.Http;

namespace Rewt.Internal;

/// <summary>
/// Builds the chain of handlers of a signing client: the entry handler is the first and the exit handler the last, in whatever order the application
/// adds its own handlers.
/// </summary>
internal sealed class SigningHandlerFilter(RefusalLog refusals) : IHttpMessageHandlerBuilderFilter
{
    public Action<HttpMessageHandlerBuilder> Configure(Action<HttpMessageHandlerBuilder> next) => builder =>
    {
        next(builder);
        if (builder.AdditionalHandlers.OfType<CredentialsHandler>().LastOrDefault() is not { } guarded) return;

        var inner = builder.AdditionalHandlers.SkipWhile(handler => handler != guarded).Skip(1).Select(handler => handler.GetType()).Where(type => type.Namespace != "Microsoft.Extensions.Http.Logging");
        builder.AdditionalHandlers.Add(new ExitHandler(guarded, new OutgoingProxy(builder.PrimaryHandler), [.. inner.Select(type => type.Name)]));
        builder.AdditionalHandlers.Insert(0, new EntryHandler(refusals));
    };
}
