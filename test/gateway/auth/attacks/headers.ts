import { type Attack, SAYS, withBoth, withKeys, withSecret } from "../attack.ts";
import { forge } from "../forge.ts";
import { hmac, rs256, stranger, weakRsa } from "../keys.ts";

const KEY_ID = /key id must be text/;

const embeds = (member: string, value: unknown): Attack => ({
  name: `"${member}" being ${JSON.stringify(value).slice(0, 50)}, signed with a key of the attacker's`,
  target: withBoth,
  token: () => forge({ header: { alg: "RS256", [member]: value }, sign: stranger.sign }),
  says: new RegExp(`holds "${member}"`),
});

const holds = (name: string, header: Record<string, unknown>, member: string): Attack => ({
  name,
  target: withSecret,
  token: () => forge({ header: { alg: "HS256", ...header } }),
  says: new RegExp(`holds "${member}"`),
});

/** The key id names what an attacker knows the bytes of, and the token is signed with those. */
const injects = (kid: string, key: string, says = SAYS.signature): Attack => ({
  name: `the key id ${JSON.stringify(kid.slice(0, 60))}, signed with what it would lead to`,
  target: withSecret,
  token: () => forge({ header: { alg: "HS256", kid }, sign: hmac(key) }),
  says,
});

const hasBadKid = (name: string, kid: unknown): Attack => ({
  name: `a key id that is ${name}, rightly signed`,
  target: withSecret,
  token: () => forge({ header: { alg: "HS256", kid } }),
  says: KEY_ID,
});

/** The header's other members. */
export const headerAttacks: readonly Attack[] = [
  embeds("jwk", stranger.jwk),
  embeds("jku", "https://attacker.example/jwks.json"),
  embeds("jku", ["http://127.0.0.1/jwks.json"]),
  embeds("x5u", "https://attacker.example/cert.pem"),
  embeds("x5c", ["MIIB"]),
  embeds("jwk", null),
  holds("an unknown critical extension, rightly signed", { crit: ["exp"], exp: 1 }, "crit"),
  holds("an empty list of critical extensions", { crit: [] }, "crit"),
  holds("an unencoded payload", { b64: false, crit: ["b64"] }, "crit"),
  holds("b64 that is false and not critical", { b64: false }, "b64"),
  holds("b64 that is true", { b64: true }, "b64"),
  holds("a signed token that says how it is encrypted", { enc: "A256GCM" }, "enc"),
  holds("a compressed payload", { zip: "DEF" }, "zip"),
  injects("../../../../dev/null", ""),
  injects("/proc/sys/kernel/randomize_va_space", "2"),
  injects("x' UNION SELECT 'key' -- ", "key"),
  injects("http://attacker.example/key", "key"),
  injects("key\0.pem", "key"),
  injects("$(cat key)", ""),
  injects("__proto__", "[object Object]"),
  injects("constructor", "function Object() { [native code] }"),
  injects("0", ""),
  injects("k".repeat(100_000), "key", /longer than 8192 bytes/),
  hasBadKid("a number", 0),
  hasBadKid("an object", { kid: "a" }),
  hasBadKid("a list", ["a"]),
  hasBadKid("null", null),
  hasBadKid("empty", ""),
  hasBadKid("longer than any name", "k".repeat(257)),
  {
    name: "the algorithm twice, none first",
    target: withSecret,
    token: () => forge({ header: '{"alg":"none","alg":"HS256"}' }),
    says: SAYS.twice,
  },
  {
    name: "the algorithm twice, none last",
    target: withSecret,
    token: () => forge({ header: '{"alg":"HS256","alg":"none"}' }),
    says: SAYS.twice,
  },
  {
    name: "the algorithm twice, once with an escape",
    target: withSecret,
    token: () => forge({ header: String.raw`{"alg":"none","\u0061lg":"HS256"}` }),
    says: SAYS.twice,
  },
  {
    name: "the key id twice",
    target: withKeys,
    token: () => forge({ header: '{"alg":"RS256","kid":"a","kid":"b"}', sign: rs256.sign }),
    says: SAYS.twice,
  },
  ...['["HS256"]', '"HS256"', "null", "7"].map((header): Attack => ({
    name: `the header ${header}, which is no object`,
    target: withSecret,
    token: () => forge({ header }),
    says: /header is not a JSON object/,
  })),
  {
    name: "a header that is not JSON",
    target: withSecret,
    token: () => forge({ header: '{"alg":"HS256"' }),
    says: /header is not JSON/,
  },
  {
    name: "a header with something after it",
    target: withSecret,
    token: () => forge({ header: '{"alg":"HS256"}{"alg":"none"}' }),
    says: /header is not JSON/,
  },
  {
    name: "a comment in the header",
    target: withSecret,
    token: () => forge({ header: '{"alg":"HS256"/*,"alg":"none"*/}' }),
    says: /header is not JSON/,
  },
  {
    name: "a published RSA key of 1024 bits",
    target: { options: {}, published: [{ ...weakRsa.jwk, kid: "weak" }] },
    token: () => forge({ header: { alg: "RS256", kid: "weak" }, sign: weakRsa.sign }),
    says: SAYS.unknownKey,
  },
  {
    name: "a published symmetric key",
    target: { options: {}, published: [{ kty: "oct", k: "c2VjcmV0", kid: "oct" }] },
    token: () => forge({ header: { alg: "HS256", kid: "oct" }, sign: hmac("secret") }),
    says: SAYS.algorithm,
  },
];
