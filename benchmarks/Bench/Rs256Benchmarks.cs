using Microsoft.IdentityModel.Tokens;

namespace Rewt.Benchmarks;

/// <summary>RSA key pairs against JwtBearer with a static public key.</summary>
public class Rs256Benchmarks() : AuthenticateBenchmarks(SecurityAlgorithms.RsaSha256, 1 << 14);
