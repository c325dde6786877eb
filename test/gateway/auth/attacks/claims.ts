import { type Attack, SAYS, withIssuer, withSecret } from "../attack.ts";
import { forge, nowSeconds, userClaims } from "../forge.ts";

const rightIssuer = { iss: "https://id.example", aud: "shop" };

const says = (name: string, payload: () => unknown, pattern: RegExp): Attack => ({
  name,
  target: withSecret,
  token: () => forge({ payload: payload() }),
  says: pattern,
});

const claims = (name: string, more: () => Record<string, unknown>, pattern: RegExp): Attack =>
  says(name, () => userClaims(more()), pattern);

const foreign = (name: string, more: Record<string, unknown>, pattern: RegExp): Attack => ({
  name,
  target: withIssuer,
  token: () => forge({ payload: userClaims({ ...rightIssuer, ...more }) }),
  says: pattern,
});

const TIMES = ["exp", "nbf", "iat"] as const;
const NO_TIMES = [
  '"1999999999"',
  '""',
  "true",
  "null",
  "[]",
  "[1999999999]",
  "{}",
  "-1",
  "1e400",
  "-1e400",
  "1e300",
  "1999999999000",
];

/** The claims, in tokens that are rightly signed. */
export const claimAttacks: readonly Attack[] = [
  claims("expired a second ago", () => ({ exp: nowSeconds() - 1 }), /has expired/),
  claims("expiring this very second", () => ({ exp: nowSeconds() }), /has expired/),
  claims("expired in 1970", () => ({ exp: 0 }), /has expired/),
  claims("not valid before the next minute", () => ({ nbf: nowSeconds() + 60 }), /not valid yet/),
  claims("issued in the next minute", () => ({ iat: nowSeconds() + 60 }), /issued in the future/),
  ...TIMES.flatMap((name) =>
    NO_TIMES.map((value) =>
      says(`${name} being ${value}`, () => `{"id":"u1","${name}":${value}}`, new RegExp(`"${name}" is not a time`)),
    ),
  ),
  ...["NaN", "Infinity", "-Infinity", "0x77359400", "01", "+1", "1."].map((value) =>
    says(`exp being ${value}, which JSON does not have`, () => `{"exp":${value}}`, /payload is not JSON/),
  ),
  says("exp twice, the later one first", () => '{"exp":4000000000,"exp":3999999999}', SAYS.twice),
  says("the role twice", () => '{"role":"user","role":"admin"}', SAYS.twice),
  says("the role twice, once with an escape", () => String.raw`{"role":"user","\u0072ole":"admin"}`, SAYS.twice),
  says("an empty name twice", () => '{"":1,"":2}', SAYS.twice),
  says("__proto__ twice", () => '{"__proto__":1,"__proto__":{}}', SAYS.twice),
  ...["[]", '[{"id":"u1"}]', "null", '"u1"', "7", "true"].map((payload) =>
    says(`the payload ${payload}, which is no object`, () => payload, /payload is not a JSON object/),
  ),
  says("a payload that is not JSON", () => "id=u1", /payload is not JSON/),
  says("two objects as payload", () => '{"id":"u1"}{"id":"u2"}', /payload is not JSON/),
  says("a comma too many", () => '{"id":"u1",}', /payload is not JSON/),
  says("single quotes", () => "{'id':'u1'}", /payload is not JSON/),
  says("a byte order mark before the payload", () => '\uFEFF{"id":"u1"}', /payload is not JSON/),
  says("a zero-width space before the payload", () => '\u200B{"id":"u1"}', /payload is not JSON/),
  says("a payload in UTF-16", () => '{"id":"u1"}'.replaceAll(/./g, "$&\0"), /payload is not JSON/),
  says(
    "a payload that is not UTF-8",
    () => Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d),
    /payload is not UTF-8/,
  ),
  says(
    "an overlong UTF-8 sequence",
    () => Uint8Array.of(0x7b, 0x22, 0xc0, 0xa2, 0x22, 0x3a, 0x31, 0x7d),
    /payload is not UTF-8/,
  ),
  says("claims nested thirty-three levels deep", () => `{"a":${"[".repeat(32)}${"]".repeat(32)}}`, /nested deeper/),
  says("thousands of open brackets", () => `{"a":${"[".repeat(5000)}`, /nested deeper/),
  {
    name: "a token in a token",
    target: withSecret,
    token: async () => forge({ header: { alg: "HS256", cty: "JWT" }, payload: await forge() }),
    says: /payload is not JSON/,
  },
  foreign("no issuer", { iss: undefined }, /issuer is not accepted/),
  foreign("another issuer", { iss: "https://attacker.example" }, /issuer is not accepted/),
  foreign("an issuer that begins like the right one", { iss: "https://id.example.attacker.example" }, /issuer/),
  foreign("the right issuer with a slash more", { iss: "https://id.example/" }, /issuer is not accepted/),
  foreign("the right issuer in other letters", { iss: "https://ID.example" }, /issuer is not accepted/),
  foreign("a list of issuers", { iss: ["https://id.example"] }, /issuer is not accepted/),
  foreign("no audience", { aud: undefined }, /another audience/),
  foreign("another audience", { aud: "bank" }, /another audience/),
  foreign("an audience that begins like the right one", { aud: "shop2" }, /another audience/),
  foreign("the beginning of the right audience", { aud: "sho" }, /another audience/),
  foreign("a list of audiences without the right one", { aud: ["bank", "shops", ""] }, /another audience/),
  foreign("an empty list of audiences", { aud: [] }, /another audience/),
  foreign("the right audience in a list in a list", { aud: [["shop"]] }, /another audience/),
  foreign("an object as audience", { aud: { shop: true } }, /another audience/),
];
