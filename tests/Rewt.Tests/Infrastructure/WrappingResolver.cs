namespace Rewt.Tests.Infrastructure;

/// <summary>A custom resolver that forwards each request to the default resolver.</summary>
internal sealed class WrappingResolver(KeyRingResolver inner) : IIssuerSigningKeyResolver
{
    public static void Register(WebApplicationBuilder builder) => builder.Services.AddSingleton<IIssuerSigningKeyResolver, WrappingResolver>();

    public ValueTask<IReadOnlyList<SecurityKey>> ResolveAsync(RewtKeyRequest request, CancellationToken cancellationToken = default) => inner.ResolveAsync(request, cancellationToken);
}
