namespace Rewt.Tests.Infrastructure;

/// <summary>A resolver of the application that passes each request on to the default one.</summary>
internal sealed class WrappingResolver(KeyRingResolver inner) : IIssuerSigningKeyResolver
{
    public static void Register(WebApplicationBuilder builder) => builder.Services.AddSingleton<IIssuerSigningKeyResolver, WrappingResolver>();

    public ValueTask<IReadOnlyList<SecurityKey>> ResolveAsync(RewtKeyRequest request, CancellationToken cancellationToken = default) => inner.ResolveAsync(request, cancellationToken);
}
