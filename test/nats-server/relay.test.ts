import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Broker } from "../../mesh/broker.ts";
import { unixBrokerUrl } from "../../mesh/broker/address.ts";
import { natsBroker } from "../../mesh/broker/nats-bun.ts";
import { silentLog } from "../../mesh/log.ts";
import { type Relay, relayUnixSocket } from "../../nats-server/relay.ts";
import { recordingLog } from "../mesh/recording-log.ts";
import { untilStatus } from "../mesh/until-status.ts";
import { makeCertificates } from "../support/certificates.ts";
import { brokersUnderTest, useNats } from "../support/nats.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "relay-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function connected(url: string): Promise<Broker> {
  const broker = natsBroker({ url, name: "test", log: silentLog });
  await broker.connect();
  return broker;
}

/** Sends 200 large messages there and back. */
async function exchange(broker: Broker): Promise<void> {
  const subscription = broker.subscribe("echo", {}, (message) => message.reply(message));
  const payload = crypto.getRandomValues(new Uint8Array(60_000));
  const message = { payload, headers: { kind: "test" } };
  const asked = Array.from({ length: 200 }, () => broker.request("echo", message, { timeoutMs: 30_000 }));
  for (const reply of await Promise.all(asked)) expect(Buffer.compare(reply.payload, payload)).toBe(0);
  await subscription.drain();
}

describe.each(brokersUnderTest())("a relay to %s", (kind) => {
  test("outlives the broker, whose clients come back", async () => {
    let nats = await useNats(kind, { auth: { token: "s3cret" } });
    const [tcpPort, wsPort] = [nats.tcpUrl, nats.wsUrl].map((url) => Number(new URL(url).port)) as [number, number];
    const path = join(folder, `${kind}.sock`);
    const { log, text, untilSaid } = recordingLog();
    const relay = await relayUnixSocket({ path, to: nats.tcpUrl.replace("//", "//s3cret@"), log });
    expect(relay.url).toBe(unixBrokerUrl(path, { credentials: undefined }));
    const broker = await connected(unixBrokerUrl(path, { credentials: { token: "s3cret" } }));
    await exchange(broker);
    await nats.stop();
    await untilStatus(broker, "disconnected");
    await untilSaid("a client cannot be led to the broker");
    nats = await useNats(kind, { auth: { token: "s3cret" }, tcpPort, wsPort });
    await untilStatus(broker, "connected");
    await exchange(broker);
    expect(text()).not.toContain("s3cret");
    await broker.close();
    await relay.close();
    await nats.stop();
  });
});

describe("a relay", () => {
  test("encrypts where the broker asks for it, and trusts whom it is told to", async () => {
    const { ca, certificateFile, keyFile } = await makeCertificates(folder);
    const nats = await useNats("nats-server", { tls: { certificateFile, keyFile } });
    const path = join(folder, "tls.sock");
    const relay = await relayUnixSocket({ path, to: nats.tcpUrl, ca, log: silentLog });
    const broker = await connected(relay.url);
    await exchange(broker);
    await broker.close();
    await relay.close();

    const { log, untilSaid } = recordingLog();
    const distrustful = await relayUnixSocket({ path, to: nats.tcpUrl, log });
    const refused = natsBroker({ url: distrustful.url, name: "test", log: silentLog });
    const connecting = refused.connect().catch(() => undefined);
    expect(await untilSaid("a client cannot be led to the broker")).toMatchObject({
      reason: expect.stringMatching(/certificate/i) as string,
    });
    await Promise.all([refused.close(), connecting]);
    await distrustful.close();
    await nats.stop();
  });

  test("says what does not speak as a broker does", async () => {
    const web = createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")).listen(0, "127.0.0.1");
    await new Promise((resolve) => web.once("listening", resolve));
    const { port } = web.address() as { port: number };
    const { log, untilSaid } = recordingLog();
    const relay: Relay = await relayUnixSocket({ path: join(folder, "web.sock"), to: `nats://127.0.0.1:${port}`, log });
    const broker = natsBroker({ url: relay.url, name: "test", log: silentLog });
    const connecting = broker.connect().catch(() => undefined);
    expect(await untilSaid("a client cannot be led to the broker")).toMatchObject({
      url: `nats://127.0.0.1:${port}`,
      reason: "it is no NATS server: it greets in another way",
    });
    await Promise.all([broker.close(), connecting]);
    await relay.close();
    web.close();
  });

  test.each(["", "ws://s3cret@host:9222", "s3cret", "nats://"])("refuses to lead to %j", async (to) => {
    const given = relayUnixSocket({ path: join(folder, "never.sock"), to, log: silentLog });
    await expect(given).rejects.toThrow("a relay leads to a broker's nats://host:port or tls://host:port");
  });
});
