using Microsoft.Extensions.Http;

namespace Rewt.Internal;

/// <summary>Puts our first and last handler around all others of a client that sends credentials of ours, in whatever order the application added them.</summary>
internal sealed class SigningHandlerFilter : IHttpMessageHandlerBuilderFilter
{
    public Action<HttpMessageHandlerBuilder> Configure(Action<HttpMessageHandlerBuilder> next) => builder =>
    {
        next(builder);
        if (builder.AdditionalHandlers.OfType<CredentialsHandler>().LastOrDefault() is not { } guarded) return;

        builder.AdditionalHandlers.Insert(0, new EntryHandler());
        builder.AdditionalHandlers.Add(new ExitHandler(guarded.Guard));
    };
}
