using Microsoft.IdentityModel.Tokens;

namespace Rewt.Benchmarks;

/// <summary>Key pairs on the curve P-256 against JwtBearer with a static public key.</summary>
public class Es256Benchmarks() : AuthenticateBenchmarks(SecurityAlgorithms.EcdsaSha256, 1 << 14);
