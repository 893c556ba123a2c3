using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>API keys belong to no tenant: at a service of tenants one would open every tenant's address.</summary>
internal sealed class ApiKeyRingValidator : IValidateOptions<RewtOptions>
{
    public ValidateOptionsResult Validate(string? name, RewtOptions options) => string.IsNullOrEmpty(name) && options.Tenants
        ? ValidateOptionsResult.Fail("Rewt:Tenants must be false where AddRewtApiKeys accepts the keys of apps, which belong to no tenant; give tenants a scheme of their own: AddRewt(\"Users\", …).")
        : ValidateOptionsResult.Skip;
}
