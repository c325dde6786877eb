import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { PROJECT_ROOT } from "../../support/fmesh.ts";
import { callNative } from "../calling.ts";
import { openRaw, statuses } from "../raw-connection.ts";
import type { RuntimeUnderTest } from "./start-runtime.ts";
import { RUNTIMES } from "./gateway-process.ts";

/** Something that platforms do differently, and how to see what one does. */
interface Difference {
  readonly what: string;
  see(gateway: RuntimeUnderTest): Promise<string | number>;
}

/** The status of a request that no `fetch` would send. */
async function rawStatus({ url }: RuntimeUnderTest, request: string): Promise<string | number> {
  await using connection = await openRaw(url);
  connection.send(request);
  const received = await connection.until((text) => text.includes("\r\n\r\n"));
  return statuses(received)[0] ?? "closed";
}

const DIFFERENCES: readonly Difference[] = [
  {
    what: "a rule of type `query`",
    async see(gateway) {
      const token = await gateway.token({ id: "u1" });
      return (await callNative(gateway, "vault/rows", { body: "{}", token })).status;
    },
  },
  {
    what: "`GET /metrics`",
    async see({ url }) {
      const text = await (await fetch(`${url}/metrics`)).text();
      return text.includes("fmesh_calls_total") ? "metrics" : "nothing";
    },
  },
  {
    what: "a websocket at `/v1/api/{project}/socket/json`",
    see: (gateway) =>
      rawStatus(
        gateway,
        "GET /v1/api/shop/socket/json HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
          "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
      ),
  },
  {
    what: "`POST /v1/api/{project}/pubsub`",
    async see({ url }) {
      const body = JSON.stringify({ subject: "/news", data: 1 });
      return (await fetch(`${url}/v1/api/shop/pubsub`, { method: "POST", body })).status;
    },
  },
  {
    what: "HTTP/1.0 without `Host`",
    see: (gateway) => rawStatus(gateway, "GET /livez HTTP/1.0\r\n\r\n"),
  },
  {
    what: "a header of 20 KB",
    see: (gateway) =>
      rawStatus(gateway, `GET /livez HTTP/1.1\r\nHost: a\r\nX-A: ${"x".repeat(20_000)}\r\nConnection: close\r\n\r\n`),
  },
  {
    what: "a URL of 20 KB",
    see: (gateway) =>
      rawStatus(gateway, `GET /livez?${"x".repeat(20_000)} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`),
  },
];

/** The table of docs/edge.md says what every platform does; here it is held to it. */
export function differenceReport(gateway: () => RuntimeUnderTest): void {
  describe("what docs/edge.md says of differences", () => {
    test.each(DIFFERENCES.map((difference) => [difference.what, difference] as const))(
      "%s",
      async (what, difference) => {
        const row = (await documented()).get(what);
        const { kind } = gateway();
        expect({ what, [kind]: String(await difference.see(gateway())) }).toEqual({
          what,
          [kind]: row?.[RUNTIMES.indexOf(kind)],
        });
      },
    );

    test("is about what is looked at here, and about nothing that is the same everywhere", async () => {
      const table = await documented();
      expect([...table.keys()].toSorted()).toEqual(DIFFERENCES.map(({ what }) => what).toSorted());
      for (const [what, cells] of table) expect([what, new Set(cells).size > 1]).toEqual([what, true]);
    });
  });
}

/** The rows of the table: what is looked at, and what is seen on each platform, in their order. */
async function documented(): Promise<Map<string, string[]>> {
  const text = await Bun.file(join(PROJECT_ROOT, "docs/edge.md")).text();
  const rows = text.split("\n").flatMap((line) => {
    const [, what = "", ...cells] = line.split("|").map((cell) => cell.trim());
    return cells.length === 5 ? [[what, cells.slice(0, RUNTIMES.length)] as const] : [];
  });
  // The first two are its head and the line under it.
  return new Map(rows.slice(2));
}
