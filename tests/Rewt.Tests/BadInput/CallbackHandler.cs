namespace Rewt.Tests.BadInput;

/// <summary>Represents a handler of the application that calls a delegate.</summary>
internal sealed class CallbackHandler(Func<HttpRequestMessage, Func<HttpRequestMessage, Task<HttpResponseMessage>>, Task<HttpResponseMessage>> callback) : DelegatingHandler
{
    /// <summary>Changes the address of each request, and restores the address afterwards, as service discovery does.</summary>
    public static CallbackHandler ResolveAddress(Func<Uri, string> resolve) => new(async (request, next) =>
    {
        var original = request.RequestUri!;
        request.RequestUri = new Uri(new Uri(resolve(original)), original.PathAndQuery);
        try
        {
            return await next(request);
        }
        finally
        {
            request.RequestUri = original;
        }
    });

    /// <summary>Changes the address of each request.</summary>
    public static CallbackHandler ChangeAddress(string address) => new((request, next) =>
    {
        request.RequestUri = new Uri(address);
        return next(request);
    });

    /// <summary>Follows one redirect with the same request, or with a copy that has only its headers.</summary>
    public static CallbackHandler FollowRedirect(bool copies) => new(async (request, next) =>
    {
        var response = await next(request);
        if (response.Headers.Location is not { } location) return response;

        response.Dispose();
        var redirected = copies ? Copy(request, options: false) : request;
        redirected.RequestUri = location;
        return await next(redirected);
    });

    public static HttpRequestMessage Copy(HttpRequestMessage request, bool options)
    {
        var copy = new HttpRequestMessage(request.Method, request.RequestUri) { Content = request.Content, Version = request.Version };
        foreach (var (name, values) in request.Headers) copy.Headers.TryAddWithoutValidation(name, values);
        if (!options) return copy;
        foreach (var (name, value) in request.Options) copy.Options.Set(new HttpRequestOptionsKey<object?>(name), value);
        return copy;
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        callback(request, message => base.SendAsync(message, cancellationToken));
}
