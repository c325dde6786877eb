import { nkeys } from "@nats-io/nats-core";

/** Somebody who may use a broker, and what the NATS project's own is told so that it knows. */
export interface Identity {
  /** What a client is given: the seed of an nkey, or the text of a credentials file. */
  readonly secret: string;
  readonly configLines: readonly string[];
}

type KeyPair = ReturnType<typeof nkeys.createUser>;

const encoder = new TextEncoder();
const UNLIMITED = { subs: -1, data: -1, payload: -1 };

/** A user known by its public nkey. */
export function nkeyIdentity(): Identity {
  const user = nkeys.createUser();
  return {
    secret: seedOf(user),
    configLines: [`authorization { users: [ { nkey: ${user.getPublicKey()} } ] }`],
  };
}

/** A user known by a JWT that an account signed, which an operator vouches for. */
export function credsIdentity(): Identity {
  const [operator, account, user] = [nkeys.createOperator(), nkeys.createAccount(), nkeys.createUser()];
  const accountLimits = { ...UNLIMITED, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 };
  const operatorJwt = signed(operator, operator, { type: "operator" });
  const accountJwt = signed(operator, account, { type: "account", limits: accountLimits });
  const userJwt = signed(account, user, { type: "user", pub: {}, sub: {}, ...UNLIMITED });
  return {
    secret: [
      "-----BEGIN NATS USER JWT-----",
      userJwt,
      "------END NATS USER JWT------",
      "",
      "-----BEGIN USER NKEY SEED-----",
      seedOf(user),
      "------END USER NKEY SEED------",
      "",
    ].join("\n"),
    configLines: [
      `operator: ${operatorJwt}`,
      "resolver: MEMORY",
      `resolver_preload: { ${account.getPublicKey()}: ${accountJwt} }`,
    ],
  };
}

function seedOf(pair: KeyPair): string {
  return new TextDecoder().decode(pair.getSeed());
}

/** A JWT as NATS's tools make them: `subject` is what `issuer` says it is. */
function signed(issuer: KeyPair, subject: KeyPair, claims: Readonly<Record<string, unknown>>): string {
  const body = {
    jti: crypto.randomUUID(),
    iat: Math.floor(Date.now() / 1000),
    iss: issuer.getPublicKey(),
    sub: subject.getPublicKey(),
    name: "test",
    nats: { version: 2, ...claims },
  };
  const text = [{ typ: "JWT", alg: "ed25519-nkey" }, body]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  return `${text}.${Buffer.from(issuer.sign(encoder.encode(text))).toString("base64url")}`;
}
