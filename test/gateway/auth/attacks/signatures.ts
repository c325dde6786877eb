import { base64url } from "jose";
import { type Attack, SAYS, type Target, withIssuer, withKeys, withSecret } from "../attack.ts";
import { forge, partsOf } from "../forge.ts";
import { OLD_SECRET, type Sign, edDsa, es256, hmac, ps256, rs256, stranger } from "../keys.ts";

/** Order of the curve P-256: r and s are below it (FIPS 186-5). */
const ORDER = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

const constant =
  (hex: string): Sign =>
  () =>
    Promise.resolve(Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)));

const es = (name: string, sign: Sign): Attack => ({
  name: `an ECDSA signature ${name}`,
  target: withKeys,
  token: () => forge({ header: { alg: "ES256" }, sign }),
  says: SAYS.signature,
});

const ed = (name: string, sign: Sign): Attack => ({
  name: `an Ed25519 signature ${name}`,
  target: withKeys,
  token: () => forge({ header: { alg: "EdDSA" }, sign }),
  says: SAYS.signature,
});

const flips = (alg: string, target: Target, sign: Sign | undefined): Attack[] =>
  [0, 9, -1].map((at) => ({
    name: `${alg} with one bit of signature byte ${at} changed`,
    target,
    token: async () => {
      const { header, payload, signature } = partsOf(await forge({ header: { alg }, ...(sign && { sign }) }));
      const bytes = base64url.decode(signature);
      const index = at < 0 ? bytes.length + at : at;
      bytes[index] = (bytes[index] ?? 0) ^ 1;
      return `${header}.${payload}.${base64url.encode(bytes)}`;
    },
    says: SAYS.signature,
  }));

const zeros = "00".repeat(32);
const one = "01".padStart(64, "0");

/** The signature's bytes, and keys that are not the right ones. */
export const signatureAttacks: readonly Attack[] = [
  ...flips("HS256", withSecret, undefined),
  ...flips("RS256", withKeys, rs256.sign),
  ...flips("PS256", withKeys, ps256.sign),
  ...flips("ES256", withKeys, es256.sign),
  ...flips("EdDSA", withKeys, edDsa.sign),
  es("of zeros", constant(zeros + zeros)),
  es("with r being zero", constant(zeros + one)),
  es("with s being zero", constant(one + zeros)),
  es("of the curve's order", constant(ORDER + ORDER)),
  es("of ones", constant(one + one)),
  es("of 65 bytes", constant(`${zeros + zeros}00`)),
  es("in DER", async (input) => inDer(await es256.sign(input))),
  es("with zeros before each number", async (input) => {
    const signature = await es256.sign(input);
    return Uint8Array.of(0, ...signature.subarray(0, 32), 0, ...signature.subarray(32));
  }),
  ed("of zeros", constant(zeros + zeros)),
  ed("with the point of order one and s zero", constant(`01${"00".repeat(63)}`)),
  ed("of half its length", async (input) => (await edDsa.sign(input)).subarray(0, 32)),
  ed("followed by a zero", async (input) => Uint8Array.of(...(await edDsa.sign(input)), 0)),
  {
    name: "an RSA signature with a zero before it",
    target: withKeys,
    token: () =>
      forge({ header: { alg: "RS256" }, sign: async (input) => Uint8Array.of(0, ...(await rs256.sign(input))) }),
    says: SAYS.signature,
  },
  {
    name: "an RSA signature of zeros",
    target: withKeys,
    token: () => forge({ header: { alg: "RS256" }, sign: constant("00".repeat(256)) }),
    says: SAYS.signature,
  },
  {
    name: "a secret that is no longer configured",
    target: withSecret,
    token: () => forge({ sign: hmac(OLD_SECRET) }),
    says: SAYS.signature,
  },
  {
    name: "an empty secret",
    target: withIssuer,
    token: () => forge({ sign: hmac("") }),
    says: SAYS.signature,
  },
  {
    name: "a key id that belongs to a key of another kind",
    target: {
      options: {},
      published: [
        { ...es256.jwk, kid: "k" },
        { ...rs256.jwk, kid: "k" },
      ],
    },
    token: () => forge({ header: { alg: "RS256", kid: "k" }, sign: es256.sign }),
    says: SAYS.signature,
  },
  {
    name: "a key id that belongs to another published key",
    target: {
      options: {},
      published: [
        { ...rs256.jwk, kid: "a" },
        { ...stranger.jwk, kid: "b" },
      ],
    },
    token: () => forge({ header: { alg: "RS256", kid: "a" }, sign: stranger.sign }),
    says: SAYS.signature,
  },
  {
    name: "a key id nobody has published, over the signature of a published key",
    target: { options: {}, published: [{ ...rs256.jwk, kid: "a" }] },
    token: () => forge({ header: { alg: "RS256", kid: "b" }, sign: rs256.sign }),
    says: SAYS.unknownKey,
  },
  {
    name: "a published key that is meant for encryption",
    target: { options: {}, published: [{ ...rs256.jwk, kid: "a", use: "enc" }] },
    token: () => forge({ header: { alg: "RS256", kid: "a" }, sign: rs256.sign }),
    says: SAYS.unknownKey,
  },
  {
    name: "a published key that is meant for another algorithm",
    target: { options: {}, published: [{ ...rs256.jwk, kid: "a", alg: "PS256" }] },
    token: () => forge({ header: { alg: "RS256", kid: "a" }, sign: rs256.sign }),
    says: SAYS.unknownKey,
  },
  {
    name: "HS256 signed with the text of a published key",
    target: { options: {}, published: [{ ...rs256.jwk, kid: "a" }] },
    token: () => forge({ header: { alg: "HS256", kid: "a" }, sign: hmac(JSON.stringify(rs256.jwk)) }),
    says: SAYS.algorithm,
  },
];

/** A raw ECDSA signature the way OpenSSL writes it: SEQUENCE { INTEGER r, INTEGER s }. */
function inDer(raw: Uint8Array): Uint8Array {
  const content = [...integer(raw.subarray(0, 32)), ...integer(raw.subarray(32))];
  return Uint8Array.of(0x30, content.length, ...content);
}

function integer(bytes: Uint8Array): number[] {
  const digits = [...bytes];
  while (digits.length > 1 && digits[0] === 0) digits.shift();
  if ((digits[0] ?? 0) >= 0x80) digits.unshift(0);
  return [0x02, digits.length, ...digits];
}
