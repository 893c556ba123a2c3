// Does the same as rewt for Node.js: uses the shared secret in Redis, or sets a secret with a TTL. Reads one command in JSON per line from stdin, and
// writes one result in JSON per line to stdout.
import { createHash, randomBytes } from "node:crypto";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { Redis } from "ioredis";
import jwt from "jsonwebtoken";

const { values: args } = parseArgs({
  options: {
    redis: { type: "string", default: "127.0.0.1:6379" },
    namespace: { type: "string", default: "rewt" },
    "ttl-ms": { type: "string", default: "86400000" },
  },
});
const key = `${args.namespace}:rewt-secret`;
const [host, port] = args.redis.split(":");
const redis = new Redis({ host, port: Number(port), lazyConnect: true });

async function secret() {
  const existing = await redis.get(key);
  if (existing) {
    return existing;
  }

  await redis.set(key, randomBytes(48).toString("base64"), "PX", Number(args["ttl-ms"]), "NX");
  // If several instances set a secret at the same time, all of them use the first one.
  return redis.get(key);
}

const operations = {
  // A hash, so that the secret does not appear in test logs.
  secret: async () => ({ sha256: createHash("sha256").update(await secret(), "utf8").digest("hex") }),
  sign: async ({ payload, options }) => ({ token: jwt.sign(payload, await secret(), options) }),
  verify: async ({ token }) => {
    const current = await secret();
    try {
      return { ok: true, payload: jwt.verify(token, current, { algorithms: ["HS256"] }) };
    } catch (error) {
      return { ok: false, error: error.message };
    }
  },
};

async function answer(line) {
  try {
    const command = JSON.parse(line);
    const operation = operations[command.op];
    if (!operation) {
      throw new Error(`unknown op ${command.op}`);
    }

    return await operation(command);
  } catch (error) {
    return { failure: error.message };
  }
}

// Without a listener, ioredis prints each failed reconnection.
redis.on("error", () => {});
await redis.connect();
console.log(JSON.stringify({ ready: true }));
for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(line)));
}

redis.disconnect();
