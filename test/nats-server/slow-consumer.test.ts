import { describe, expect, test } from "vitest";
import { startNatsServer } from "../../nats-server/server.ts";
import { answerTo, greetedClient } from "./raw-client.ts";
import { stalledClient } from "./stalled-client.ts";

const MIB = 1024 * 1024;
const FREE = { tcpPort: 0, wsPort: 0, lameDuckMs: 0 } as const;

describe.each(["tcpUrl", "wsUrl"] as const)("a client at %s that does not read", (url) => {
  test("is closed as a slow consumer, while the others go on", async () => {
    const server = await startNatsServer({ ...FREE, maxPendingBytes: 2 * MIB });
    const tcpUrl = server.tcpUrl ?? "";
    const [stalled, publisher] = [await stalledClient(server[url] ?? "", "flood"), await greetedClient(tcpUrl)];
    const message = `PUB flood ${MIB}\r\n${"x".repeat(MIB)}\r\n`;
    // The kernel buffers some megabytes of its own on loopback before the server notices.
    for (let sent = 0; sent < 64 && server.stats().slowConsumers === 0; sent++) await answerTo(publisher, message);
    expect(server.stats()).toMatchObject({ slowConsumers: 1, subscriptions: 0 });
    expect(await answerTo(publisher, "SUB flood 1\r\nPUB flood 2\r\nhi\r\n")).toContain("MSG flood 1 2\r\nhi\r\n");
    const received = await stalled.readUpTo("'Slow Consumer'\r\n");
    // Whole messages, and the reason behind them.
    const whole = new RegExp(`^(MSG flood 1 ${MIB}\\r\\nx{${MIB}}\\r\\n)*`);
    expect(received.replace(whole, "")).toBe("-ERR 'Slow Consumer'\r\n");
    await server.close();
  });

  test("gets everything in order once it reads, when it stayed within the bound", async () => {
    const server = await startNatsServer(FREE);
    const tcpUrl = server.tcpUrl ?? "";
    const [stalled, publisher] = [await stalledClient(server[url] ?? "", "flood"), await greetedClient(tcpUrl)];
    const bodies = Array.from({ length: 24 }, (_, n) => String.fromCharCode(97 + n).repeat(MIB - n));
    bodies.push("the end");
    for (const body of bodies) await answerTo(publisher, `PUB flood ${body.length}\r\n${body}\r\n`);
    const expected = bodies.map((body) => `MSG flood 1 ${body.length}\r\n${body}\r\n`).join("");
    // Not a matcher: its report of a difference would be megabytes.
    expect((await stalled.readUpTo("the end\r\n")) === expected).toBe(true);
    publisher.close();
    await server.close();
  });
});
