import { AuthorizationError } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type LogLevel, jsonLog } from "../../mesh/log.ts";
import type { NatsServerOptions } from "../../nats-server/options.ts";
import { type NatsServer, startNatsServer } from "../../nats-server/server.ts";
import { answerTo, greetedClient, rawClient } from "./raw-client.ts";

const FREE = { tcpPort: 0, wsPort: 0, lameDuckMs: 0 } as const;

async function withServer(
  options: NatsServerOptions,
  use: (server: NatsServer, tcpUrl: string) => Promise<void>,
): Promise<void> {
  const server = await startNatsServer({ ...FREE, ...options });
  try {
    await use(server, server.tcpUrl ?? "");
  } finally {
    await server.close();
  }
}

describe("the embedded server", () => {
  test("says which port is in use, and leaves no other one open", async () => {
    await withServer({}, async (_server, tcpUrl) => {
      const taken = Number(new URL(tcpUrl).port);
      await expect(startNatsServer({ ...FREE, tcpPort: taken })).rejects.toThrow(
        `port ${taken} on 127.0.0.1 is in use; `,
      );
      const probe = await startNatsServer(FREE);
      const wasFree = Number(new URL(probe.tcpUrl ?? "").port);
      await probe.close();
      await expect(startNatsServer({ ...FREE, tcpPort: wasFree, wsPort: taken })).rejects.toThrow(`port ${taken} on`);
      await (await startNatsServer({ ...FREE, tcpPort: wasFree })).close();
    });
  });

  test("listens only where it is told to", async () => {
    await withServer({ tcpPort: false, wsPort: false }, async (server) => {
      expect(server.tcpUrl).toBeUndefined();
      expect(server.wsUrl).toBeUndefined();
      expect(server.stats().connections).toBe(0);
    });
  });

  test.for<NatsServerOptions & { fault: string }>([
    { tcpPort: 70_000, fault: "tcpPort is 70000" },
    { wsPort: -1, fault: "wsPort is -1" },
    { maxPayloadBytes: 0, fault: "maxPayloadBytes is 0" },
    { pingIntervalMs: Number.NaN, fault: "pingIntervalMs is NaN" },
    { maxPendingBytes: 10, fault: "maxPendingBytes (10) is smaller" },
    { auth: { token: "" }, fault: "auth holds an empty token" },
  ])("refuses to start when $fault", async ({ fault, ...options }) => {
    await expect(startNatsServer({ ...FREE, ...options })).rejects.toThrow(fault);
  });

  test("closes a client that does not authenticate in time", async () => {
    await withServer({ auth: { token: "s3cret" }, authTimeoutMs: 20 }, async (_server, tcpUrl) => {
      const client = await rawClient(tcpUrl);
      expect(await client.closed).toMatch(/-ERR 'Authentication Timeout'\r\n$/);
    });
  });

  test("pings a silent client, and closes it when it does not answer", async () => {
    await withServer({ pingIntervalMs: 20, maxPingsOut: 2 }, async (_server, tcpUrl) => {
      const client = await greetedClient(tcpUrl);
      expect(await client.closed).toBe("PING\r\nPING\r\n-ERR 'Stale Connection'\r\n");
    });
  });

  test("keeps a client that answers its pings", async () => {
    await withServer({ pingIntervalMs: 20, maxPingsOut: 3 }, async (_server, tcpUrl) => {
      const client = await greetedClient(tcpUrl);
      for (let pings = 1; pings <= 8; pings++) {
        await client.until((received) => received.split("PING").length > pings);
        client.send("PONG\r\n");
      }
      expect(client.received).toBe("PING\r\n".repeat(8));
      client.close();
    });
  });

  test("on closing tells its clients, goes on serving them for the grace period, and closes for good", async () => {
    const server = await startNatsServer({ ...FREE, lameDuckMs: 60_000 });
    const client = await greetedClient(server.tcpUrl ?? "", { protocol: 1 });
    const closing = server.close();
    expect(await client.until("\r\n")).toContain('"ldm":true');
    expect(await answerTo(client, "SUB a 1\r\nPUB a 2\r\nhi\r\n")).toContain("MSG a 1 2\r\nhi\r\n");
    await expect(rawClient(server.tcpUrl ?? "")).rejects.toThrow("connect");
    client.close();
    await closing;
    await server.close();
    expect(() => server.connectLocally()).toThrow("closed");
  });

  test("on closing drops the clients that do not leave", async () => {
    const server = await startNatsServer({ ...FREE, lameDuckMs: 10 });
    const client = await greetedClient(server.tcpUrl ?? "");
    await server.close();
    expect(await client.closed).toBe("");
    expect(server.stats().connections).toBe(0);
  });

  test("keeps nothing of a thousand clients and their subscriptions after they left", async () => {
    await withServer({}, async (server, tcpUrl) => {
      const clients: Awaited<ReturnType<typeof greetedClient>>[] = [];
      // Not all at once: a busy system turns away what waits to be accepted beyond its backlog.
      while (clients.length < 1_000)
        clients.push(...(await Promise.all(Array.from({ length: 50 }, () => greetedClient(tcpUrl)))));
      await Promise.all(
        clients.map((client, n) => answerTo(client, `SUB own.${n} 1\r\nSUB all.* q 2\r\nSUB deep.${n}.> 3\r\n`)),
      );
      expect(server.stats()).toMatchObject({ connections: 1_000, subscriptions: 3_000 });
      for (const client of clients) client.close();
      await Promise.all(clients.map((client) => client.closed));
      await expect.poll(() => server.stats()).toMatchObject({ connections: 0, subscriptions: 0 });
    });
  });

  test("serves on whatever others send it", async () => {
    await withServer({ maxPayloadBytes: 1_000 }, async (server, tcpUrl) => {
      const steady = await greetedClient(tcpUrl);
      const bytes = fc.uint8Array({ minLength: 1, maxLength: 2_000 });
      const half = fc.constantFrom("PUB a 10\r\n", "SUB > 1\r\n", "CONNECT {}\r\nPUB ", "HPUB a 1 2\r\nab");
      await fc.assert(
        fc.asyncProperty(half, bytes, async (start, rest) => {
          const stranger = await rawClient(tcpUrl);
          stranger.send(start + Buffer.from(rest).toString("latin1"));
          stranger.close();
          await stranger.closed;
          expect(await answerTo(steady, "")).not.toContain("-ERR");
        }),
        { numRuns: 100 },
      );
      steady.close();
      await expect.poll(() => server.stats()).toMatchObject({ connections: 0, subscriptions: 0 });
    });
  });

  test("counts what passes through it", async () => {
    await withServer({}, async (server, tcpUrl) => {
      const client = await greetedClient(tcpUrl);
      await answerTo(client, "SUB a 1\r\nSUB * 2\r\nPUB a 5\r\nhello\r\nPUB x.y 2\r\nhi\r\n");
      expect(server.stats()).toMatchObject({ messagesIn: 2, messagesOut: 2, bytesOut: 10, slowConsumers: 0 });
      client.close();
    });
  });

  test("writes no secret to its log", async () => {
    const lines: [string, LogLevel][] = [];
    const log = jsonLog((line, level) => lines.push([line, level]), { level: "debug" });
    await withServer({ auth: { token: "s3cret" }, log }, async (_server, tcpUrl) => {
      await (await connect({ servers: tcpUrl, token: "s3cret" })).close();
      await expect(connect({ servers: tcpUrl, token: "gue55" })).rejects.toThrow(AuthorizationError);
    });
    const written = JSON.stringify(lines);
    expect(written).toContain("Authorization Violation");
    expect(written).not.toContain("s3cret");
    expect(written).not.toContain("gue55");
  });
});

describe("the WebSocket port of the embedded server", () => {
  const httpUrl = (server: NatsServer): string => (server.wsUrl ?? "").replace("ws:", "http:");

  test("tells a plain HTTP client what it is", async () => {
    await withServer({}, async (server) => {
      const response = await fetch(httpUrl(server));
      expect(response.status).toBe(426);
      expect(response.headers.get("upgrade")).toBe("websocket");
      expect(await response.text()).toContain("NATS");
    });
  });

  test("refuses web pages, except from origins that are allowed", async () => {
    const upgrade = { connection: "upgrade", upgrade: "websocket", "sec-websocket-version": "13" };
    const key = { "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" };
    await withServer({ allowedOrigins: ["https://good.example"] }, async (server) => {
      const refused = await fetch(httpUrl(server), { headers: { ...upgrade, ...key, origin: "https://bad.example" } });
      expect(refused.status).toBe(403);
      expect(await refused.text()).toContain('"https://bad.example"');
      // Not with `fetch`: it would wait for the end of the upgraded connection.
      const page = await rawClient(server.wsUrl ?? "");
      const fields = Object.entries({ ...upgrade, ...key, host: "x", origin: "https://good.example" });
      page.send(`GET / HTTP/1.1\r\n${fields.map((field) => field.join(": ")).join("\r\n")}\r\n\r\n`);
      expect(await page.until("INFO {")).toMatch(/^HTTP\/1\.1 101 /);
      page.close();
    });
  });
});
