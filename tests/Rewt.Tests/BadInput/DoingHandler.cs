namespace Rewt.Tests.BadInput;

/// <summary>A handler of the application's own, in one line.</summary>
internal sealed class DoingHandler(Func<HttpRequestMessage, Func<HttpRequestMessage, Task<HttpResponseMessage>>, Task<HttpResponseMessage>> act) : DelegatingHandler
{
    /// <summary>Changes where each request goes and puts the address back afterwards, as service discovery does.</summary>
    public static DoingHandler Resolving(Func<Uri, string> resolve) => new(async (request, next) =>
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

    /// <summary>Changes the address in place.</summary>
    public static DoingHandler Moving(string address) => new((request, next) =>
    {
        request.RequestUri = new Uri(address);
        return next(request);
    });

    /// <summary>Follows one redirect with the same request, or with a copy that has its headers alone.</summary>
    public static DoingHandler Following(bool copies) => new(async (request, next) =>
    {
        var response = await next(request);
        if (response.Headers.Location is not { } location) return response;

        response.Dispose();
        var following = copies ? Copy(request, options: false) : request;
        following.RequestUri = location;
        return await next(following);
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
        act(request, message => base.SendAsync(message, cancellationToken));
}
