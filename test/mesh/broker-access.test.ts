import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BrokerStatus } from "../../mesh/broker.ts";
import { type BrokerAccess, brokerAccess } from "../../mesh/broker/access.ts";
import { accessOfProcess } from "../../mesh/broker/access-of-process.ts";
import { type DistantBroker, natsBroker } from "../../mesh/broker/nats-bun.ts";
import { silentLog } from "../../mesh/log.ts";
import { type Certificates, makeCertificates } from "../support/certificates.ts";
import { credsIdentity, nkeyIdentity } from "../support/nats-identities.ts";
import { useNats } from "../support/nats.ts";
import { recordingLog } from "./recording-log.ts";

let folder: string;
let certificates: Certificates;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "access-"));
  certificates = await makeCertificates(folder);
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs `use` with a client of the broker at `url`. */
async function withClient(
  url: string,
  access: BrokerAccess,
  use: (client: DistantBroker, said: ReturnType<typeof recordingLog>) => Promise<void>,
): Promise<void> {
  const said = recordingLog();
  const client = natsBroker({ url, name: "test", log: said.log, ...access });
  try {
    await use(client, said);
  } finally {
    await client.close();
  }
}

/** The status of a client that has been let in. */
async function statusIn(url: string, access: BrokerAccess): Promise<BrokerStatus | undefined> {
  let status: BrokerStatus | undefined;
  await withClient(url, access, async (client) => {
    await client.connect();
    await client.flush();
    ({ status } = client);
  });
  return status;
}

/** The reason that is logged. */
async function refusal(url: string, access: BrokerAccess): Promise<string> {
  let reason = "";
  await withClient(url, access, async (client, { untilSaid }) => {
    client.connect().catch(() => undefined);
    reason = String((await untilSaid("cannot reach the broker yet; trying on"))["reason"]);
  });
  return reason;
}

describe("a client is let in", () => {
  test.each([
    ["an nkey", nkeyIdentity, (nkeySeed: string): BrokerAccess => ({ credentials: { nkeySeed } })],
    ["a credentials file", credsIdentity, (creds: string): BrokerAccess => ({ credentials: { creds } })],
  ])("by %s over WebSocket and TCP, and nobody else is", async (_what, identity, access) => {
    const [known, stranger] = [identity(), identity()];
    const nats = await useNats("nats-server", { configLines: known.configLines });
    try {
      for (const url of [nats.wsUrl, nats.tcpUrl]) {
        expect(await statusIn(url, access(known.secret))).toBe("connected");
        expect(await refusal(url, access(stranger.secret))).toMatch(/authorization/i);
        expect(await refusal(url, {})).toMatch(/authorization/i);
      }
    } finally {
      await nats.stop();
    }
  });

  test("by a credentials file as editors on other systems leave it", async () => {
    const { secret, configLines } = credsIdentity();
    const nats = await useNats("nats-server", { configLines });
    try {
      expect(await statusIn(nats.wsUrl, { credentials: { creds: secret.trim().replaceAll("\n", "\r\n") } })).toBe(
        "connected",
      );
    } finally {
      await nats.stop();
    }
  });

  test("by the credentials of the URL, when it has others as well", async () => {
    const nats = await useNats("embedded", { auth: { token: "t0ken" } });
    try {
      const url = nats.wsUrl.replace("//", "//t0ken@");
      expect(await statusIn(url, { credentials: { token: "wrong" } })).toBe("connected");
      expect(await statusIn(nats.wsUrl, { credentials: { token: "t0ken" } })).toBe("connected");
    } finally {
      await nats.stop();
    }
  });
});

describe("a broker's certificate", () => {
  test("is good when an authority of one's own signed it, by WebSocket and by TCP, and else is not", async () => {
    const { ca } = certificates;
    const nats = await useNats("nats-server", { tls: certificates, webSocketTls: certificates });
    try {
      expect(nats.wsUrl).toMatch(/^wss:/);
      for (const url of [nats.wsUrl, nats.tcpUrl, nats.tcpUrl.replace("nats:", "tls:")]) {
        expect(await statusIn(url, { ca })).toBe("connected");
        expect(await refusal(url, {})).toMatch(/certificate/i);
      }
    } finally {
      await nats.stop();
    }
  });

  test("has to be there where the URL says tls://", async () => {
    const nats = await useNats("nats-server");
    try {
      expect(await refusal(nats.tcpUrl.replace("nats:", "tls:"), {})).toMatch(/tls/i);
    } finally {
      await nats.stop();
    }
  });
});

describe("the variables", () => {
  const seed = `SU${"A".repeat(56)}`;

  test("hold the thing itself or the path of its file", async () => {
    const { ca } = certificates;
    expect(brokerAccess({})).toEqual({});
    expect(brokerAccess({ NATS_NKEY: ` ${seed}\n`, NATS_CA: ca })).toEqual({ credentials: { nkeySeed: seed }, ca });
    const { secret } = credsIdentity();
    const path = join(folder, "user.creds");
    await writeFile(path, secret);
    expect(accessOfProcess({ NATS_CREDS: path, NATS_CA: "" })).toEqual({ credentials: { creds: secret } });
  });

  test.each([
    [{ NATS_CREDS: "/no/such/s3cret" }, "the file that NATS_CREDS names cannot be read (ENOENT)"],
    [{ NATS_NKEY: "s3cret" }, "the file that NATS_NKEY names cannot be read (ENOENT)"],
    [{ NATS_CREDS: "----- s3cret", NATS_NKEY: seed }, "NATS_CREDS and NATS_NKEY are both set"],
  ])("that cannot be used are named, without their value: %j", (env, message) => {
    expect(() => accessOfProcess(env)).toThrow(message);
    expect(() => accessOfProcess(env)).not.toThrow("s3cret");
  });

  test("name no files where there are none", () => {
    expect(() => brokerAccess({ NATS_CREDS: "/etc/user.creds" })).toThrow("there are no files here");
  });

  test.each([{ nkeySeed: "SUs3cret" }, { creds: "-----BEGIN s3cret" }, { creds: "" }])(
    "with what is no credentials at all are refused before anybody is asked: %j",
    (credentials) => {
      const client = (): DistantBroker =>
        natsBroker({ url: "ws://127.0.0.1:9", name: "test", log: silentLog, credentials });
      expect(client).toThrow(TypeError);
      expect(client).not.toThrow("s3cret");
    },
  );
});
