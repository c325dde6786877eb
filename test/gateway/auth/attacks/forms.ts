import { base64url } from "jose";
import { type Attack, SAYS, withSecret } from "../attack.ts";
import { forge, partsOf, signText, userClaims } from "../forge.ts";

type Parts = ReturnType<typeof partsOf>;

/** A good token, bent. */
const bent = (name: string, bend: (token: string, parts: Parts) => string, says: RegExp): Attack => ({
  name,
  target: withSecret,
  token: async () => {
    const token = await forge();
    return bend(token, partsOf(token));
  },
  says,
});

/** Parts that were bent before they were signed: only the form is wrong. */
const signedAs = (name: string, bend: (header: string, payload: string) => string, says: RegExp): Attack => ({
  name: `${name}, rightly signed`,
  target: withSecret,
  token: async () => {
    const { header, payload } = partsOf(await forge());
    return signText(bend(header, payload));
  },
  says,
});

/** The same bytes in a text that sets bits nobody reads. */
const withSpareBits = (text: string): string => {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return text.slice(0, -1) + alphabet.charAt(alphabet.indexOf(text.slice(-1)) + 1);
};

/** Where it depends on the bytes which check comes first. */
const ANY_REASON = /the token/;

/** The text of the token. */
export const formAttacks: readonly Attack[] = [
  bent("the header alone", (_token, { header }) => header, SAYS.parts),
  bent("no signature part", (_token, { header, payload }) => `${header}.${payload}`, SAYS.parts),
  bent("an empty signature", (_token, { header, payload }) => `${header}.${payload}.`, SAYS.parts),
  bent("an empty payload", (_token, { header, signature }) => `${header}..${signature}`, SAYS.parts),
  bent("an empty header", (_token, { payload, signature }) => `.${payload}.${signature}`, SAYS.parts),
  bent("a dot", () => ".", SAYS.parts),
  bent("two dots", () => "..", SAYS.parts),
  bent("a dot at the end", (token) => `${token}.`, SAYS.parts),
  bent("a dot at the beginning", (token) => `.${token}`, SAYS.parts),
  bent("a fourth part", (token) => `${token}.e30`, SAYS.parts),
  bent("a sixth part", (token) => `${token}.a.b.c`, SAYS.parts),
  bent("a thousand dots", () => ".".repeat(1000), SAYS.parts),
  bent("an encrypted token", () => "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..aXY.Y3Q.dGFn", /encrypted/),
  bent("a JSON serialization", (_token, parts) => JSON.stringify(parts), SAYS.parts),
  bent("the scheme before the token", (token) => `Bearer ${token}`, SAYS.base64url),
  bent("two tokens", (token) => `${token},${token}`, /encrypted/),
  bent(
    "a header without its last letter",
    (_t, p) => `${p.header.slice(0, -1)}.${p.payload}.${p.signature}`,
    ANY_REASON,
  ),
  bent("a header without its first letter", (_t, p) => `${p.header.slice(1)}.${p.payload}.${p.signature}`, ANY_REASON),
  bent(
    "a payload without its last letter",
    (_t, p) => `${p.header}.${p.payload.slice(0, -1)}.${p.signature}`,
    ANY_REASON,
  ),
  bent("a signature without its last letter", (token) => token.slice(0, -1), ANY_REASON),
  bent("a signature of half its length", (token) => token.slice(0, -22), ANY_REASON),
  bent("a signature of one byte", (_t, p) => `${p.header}.${p.payload}.AA`, SAYS.signature),
  bent("a letter more at the end", (token) => `${token}A`, ANY_REASON),
  bent("a byte more at the end", (token) => `${token.slice(0, -1)}AAA`, ANY_REASON),
  bent("a padded signature", (token) => `${token}=`, SAYS.base64url),
  bent("spare bits in the signature", withSpareBits, SAYS.base64url),
  bent("a line end at the end", (token) => `${token}\n`, SAYS.base64url),
  bent("a space at the beginning", (token) => ` ${token}`, SAYS.base64url),
  bent("a space in the signature", (token) => `${token.slice(0, -5)} ${token.slice(-5)}`, SAYS.base64url),
  bent("a NUL in the signature", (token) => `${token.slice(0, -5)}\0${token.slice(-5)}`, SAYS.base64url),
  bent("a byte order mark at the beginning", (token) => `\uFEFF${token}`, SAYS.base64url),
  bent(
    "a zero-width space in the payload",
    (token, p) => token.replace(p.payload, `\u200B${p.payload}`),
    SAYS.base64url,
  ),
  bent("Cyrillic letters for Latin ones", (token) => token.replace("e", "е"), SAYS.base64url),
  bent("full-width letters", (token) => token.replace("e", "ｅ"), SAYS.base64url),
  bent("full stops of another script", (token) => token.replaceAll(".", "。"), SAYS.parts),
  bent("letters that share their low byte with the right ones", (token) => token.replace("e", "ť"), SAYS.base64url),
  bent("a percent sign", (token) => token.replace(".", "%2E"), SAYS.parts),
  bent("half of a surrogate pair", (token) => `${token}\uD800`, SAYS.base64url),
  bent("a token of one letter more than allowed", (token) => token.padEnd(8193, "A"), /longer than 8192 bytes/),
  bent("a megabyte of letters", () => "A".repeat(1_048_576), /longer than 8192 bytes/),
  {
    name: "a rightly signed token that is too long",
    target: withSecret,
    token: () => forge({ payload: userClaims({ groups: Array.from({ length: 2000 }, (_, at) => `group-${at}`) }) }),
    says: /longer than 8192 bytes/,
  },
  signedAs("a padded header", (header, payload) => `${header}=.${payload}`, SAYS.base64url),
  signedAs("a padded payload", (header, payload) => `${header}.${payload}==`, SAYS.base64url),
  signedAs(
    "a line end in the payload",
    (header, payload) => `${header}.${payload.slice(0, 8)}\n${payload.slice(8)}`,
    SAYS.base64url,
  ),
  signedAs(
    "a space in the header",
    (header, payload) => `${header.slice(0, 8)} ${header.slice(8)}.${payload}`,
    SAYS.base64url,
  ),
  signedAs(
    "a payload in the alphabet of plain base64",
    (header) => `${header}.${btoa(JSON.stringify({ id: "~~~???>>>" })).replaceAll("=", "")}`,
    SAYS.base64url,
  ),
  signedAs(
    "a payload with spare bits",
    (header) => `${header}.${withSpareBits(base64url.encode('{"id":"u12"}!').slice(0, 18))}`,
    SAYS.base64url,
  ),
];
