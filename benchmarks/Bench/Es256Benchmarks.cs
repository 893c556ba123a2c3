using Microsoft.IdentityModel.Tokens;

namespace Rewt.Benchmarks;

/// <summary>Compares key pairs on the curve P-256 with JwtBearer and a static public key.</summary>
public class Es256Benchmarks() : AuthenticateBenchmarks(SecurityAlgorithms.EcdsaSha256, 1 << 14);
