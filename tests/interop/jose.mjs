// Verifies and signs with the npm package jose instead of Rewt. Reads one command in JSON from stdin, and writes one line of JSON to stdout.
import { createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT } from "jose";

const operations = {
  // As in the documentation of jose: the application sets the address of the keys, the algorithms and the required claims.
  verify: async ({ jwks, token, issuer, audience, algorithms }) => {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, createRemoteJWKSet(new URL(jwks)), {
        issuer,
        audience,
        algorithms,
        typ: "rewt+jwt",
        requiredClaims: ["iat", "exp", "jti"],
      });
      return { ok: true, payload, header: protectedHeader };
    } catch (error) {
      return { ok: false, error: error.code ?? error.message };
    }
  },
  // Creates a key set and a token of another issuer.
  sign: async ({ algorithm, issuer, audience }) => {
    const { publicKey, privateKey } = await generateKeyPair(algorithm, { modulusLength: 2048 });
    const jwk = { ...(await exportJWK(publicKey)), alg: algorithm, use: "sig", kid: "made-by-jose" };
    const token = await new SignJWT({ userId: "u-42" })
      .setProtectedHeader({ alg: algorithm, kid: jwk.kid })
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime("1m")
      .setJti("1")
      .sign(privateKey);
    return { jwks: { keys: [jwk] }, token };
  },
};

let input = "";
for await (const chunk of process.stdin) {
  input += chunk;
}

const command = JSON.parse(input);
console.log(JSON.stringify(await operations[command.op](command)));
