using Microsoft.AspNetCore.DataProtection;

namespace Rewt.Tests.Repository.Snippets;

// snippet: data-protection
public sealed class DataProtectionSecretProtector(IDataProtectionProvider provider) : IRewtSecretProtector
{
    public ValueTask<string> ProtectAsync(ReadOnlyMemory<byte> secret, string associatedData, CancellationToken cancellationToken = default) =>
        new(Protector(associatedData).Protect(Encoding.UTF8.GetString(secret.Span)));

    public ValueTask<byte[]> UnprotectAsync(string protectedText, string associatedData, CancellationToken cancellationToken = default) =>
        new(Encoding.UTF8.GetBytes(Protector(associatedData).Unprotect(protectedText)));

    private IDataProtector Protector(string associatedData) => provider.CreateProtector("Rewt", associatedData);
}
// end of snippet
