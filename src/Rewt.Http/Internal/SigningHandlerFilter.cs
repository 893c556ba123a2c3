using Microsoft.Extensions.Http;

namespace Rewt.Internal;

/// <summary>Puts our first and last handler around all others of a client that signs, in whatever order the application added them.</summary>
internal sealed class SigningHandlerFilter : IHttpMessageHandlerBuilderFilter
{
    public Action<HttpMessageHandlerBuilder> Configure(Action<HttpMessageHandlerBuilder> next) => builder =>
    {
        next(builder);
        if (builder.AdditionalHandlers.OfType<SigningHandler>().LastOrDefault() is not { } signing) return;

        builder.AdditionalHandlers.Insert(0, new EntryHandler());
        builder.AdditionalHandlers.Add(new ExitHandler(signing.Guard));
    };
}
