using Microsoft.Extensions.Http;

namespace Rewt.Internal;

/// <summary>
/// Adds two handlers to each HTTP client that sends tokens or API keys. <see cref="EntryHandler"/> is the outermost handler, and
/// <see cref="ExitHandler"/> is the innermost handler, regardless of the order in which the application registers its own handlers.
/// </summary>
internal sealed class SigningHandlerFilter(RefusalLog refusals) : IHttpMessageHandlerBuilderFilter
{
    public Action<HttpMessageHandlerBuilder> Configure(Action<HttpMessageHandlerBuilder> next) => builder =>
    {
        next(builder);
        if (builder.AdditionalHandlers.OfType<CredentialsHandler>().LastOrDefault() is not { } guarded) return;

        var inner = builder.AdditionalHandlers.SkipWhile(handler => handler != guarded).Skip(1).Select(handler => handler.GetType()).Where(type => type.Namespace != "Microsoft.Extensions.Http.Logging");
        builder.AdditionalHandlers.Add(new ExitHandler(guarded.Guard, new OutgoingProxy(builder.PrimaryHandler), [.. inner.Select(type => type.Name)]));
        builder.AdditionalHandlers.Insert(0, new EntryHandler(refusals));
    };
}
