using Microsoft.IdentityModel.Tokens;

namespace Rewt.Benchmarks;

/// <summary>Compares RSA key pairs with JwtBearer and a static public key.</summary>
public class Rs256Benchmarks() : AuthenticateBenchmarks(SecurityAlgorithms.RsaSha256, 1 << 14);
