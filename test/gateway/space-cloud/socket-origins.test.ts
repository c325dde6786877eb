import { describe, expect, test } from "vitest";
import { shopConfig } from "../../support/mesh.ts";
import { meshForSuite } from "../calling.ts";
import { openRaw } from "../raw-connection.ts";

const LISTED = "https://app.example.com";
const SOCKETS = ["/v1/api/socket/json", "/v1/api/shop/socket/json"];

/** What the gateway answers to a websocket of a page: the status, and what else it has to say of a refusal. */
async function connect(
  { url }: { readonly url: string },
  { path = SOCKETS[1], host = "mesh.example.com", origin }: { path?: string; host?: string; origin?: string },
): Promise<string> {
  await using connection = await openRaw(url);
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: ${host}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    ...(origin === undefined ? [] : [`Origin: ${origin}`]),
  ];
  connection.send(`${lines.join("\r\n")}\r\n\r\n`);
  const answer = await connection.until((text) => / 101 [^]*\r\n\r\n|\}$/.test(text));
  const [, status = ""] = /^HTTP\/1\.1 (\d+)/.exec(answer) ?? [];
  return status === "101" ? status : `${status} ${answer.split("\r\n\r\n")[1]}`;
}

const REFUSED = '403 {"error":"pages of this origin may not connect; gateway.cors.origins says which may"}';

describe("a websocket", () => {
  const config = shopConfig({}, { gateway: { cors: { origins: [LISTED] } } });
  const mesh = meshForSuite({ kind: "embedded", config });

  test.each([
    ["of no page", {}],
    ["of a page of the gateway", { origin: "http://mesh.example.com" }],
    ["of a page of the gateway, where a proxy ends TLS", { origin: "https://mesh.example.com" }],
    ["of a page of the gateway at another port", { origin: "http://localhost:4122", host: "LOCALHOST:4122" }],
    ["of a page that is listed", { origin: LISTED }],
  ])("%s is taken", async (_whose, request) => {
    for (const path of SOCKETS)
      expect({ path, answer: await connect(mesh(), { path, ...request }) }).toEqual({ path, answer: "101" });
  });

  test.each([
    ["of another site", { origin: "https://evil.example" }],
    ["of a site that is called nearly so", { origin: "https://mesh.example.com.evil.example" }],
    ["of another port of the host", { origin: "http://mesh.example.com:8080" }],
    ["of a page that hides its origin", { origin: "null" }],
    ["of what is no origin", { origin: "mesh.example.com" }],
    ["of an empty origin", { origin: " " }],
  ])("%s is refused before it is one", async (_whose, request) => {
    for (const path of SOCKETS)
      expect({ path, answer: await connect(mesh(), { path, ...request }) }).toEqual({ path, answer: REFUSED });
  });
});

describe("where pages of every origin may call, as with a file of 2019", () => {
  const config = shopConfig({}, { gateway: { cors: { origins: ["*"] } } });
  const mesh = meshForSuite({ kind: "embedded", config });

  test.each(["https://evil.example", "null", "file://"])("a websocket of %s is taken", async (origin) => {
    expect(await connect(mesh(), { origin })).toBe("101");
  });
});
