// A verifier and a signer that know nothing of Rewt: npm jose, driven by one JSON command on stdin, answered by one JSON line on stdout.
import { createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT } from "jose";

const operations = {
  // As its documentation has it: the keys from the address, the algorithms and the claims pinned by the application.
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
  // A key set and a token of a foreign issuer.
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
for await (const piece of process.stdin) {
  input += piece;
}

const command = JSON.parse(input);
console.log(JSON.stringify(await operations[command.op](command)));
