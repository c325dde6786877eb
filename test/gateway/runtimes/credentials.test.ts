import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Certificates, makeCertificates } from "../../support/certificates.ts";
import { shopConfig } from "../../support/mesh.ts";
import { credsIdentity, nkeyIdentity } from "../../support/nats-identities.ts";
import { type BrokerUnderTest, type UseNatsOptions, useNats } from "../../support/nats.ts";
import { RUNTIMES, type RuntimeKind, startGatewayProcess } from "./gateway-process.ts";

const config = shopConfig({ default: { default: "allow" } });
const [byNkey, byCreds] = [nkeyIdentity(), credsIdentity()];

let certificates: Certificates;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "credentials-"));
  certificates = await makeCertificates(folder);
});
afterAll(() => rm(folder, { recursive: true }));

/** What a gateway of that environment has written when it has reached the broker. The test's own time limit ends it otherwise. */
async function outputWhenReady(kind: RuntimeKind, env: Readonly<Record<string, string>>): Promise<string> {
  const gateway = await startGatewayProcess(kind, { config, env });
  try {
    while (!(await fetch(`${gateway.url}/readyz`)).ok) await Bun.sleep(20);
    return gateway.output();
  } finally {
    await gateway.stop();
  }
}

/** A broker, for as long as `use` takes. */
async function withNats(options: UseNatsOptions, use: (nats: BrokerUnderTest) => Promise<void>): Promise<void> {
  const nats = await useNats("nats-server", options);
  try {
    await use(nats);
  } finally {
    await nats.stop();
  }
}

describe.each(RUNTIMES)("the gateway on %s is let in by the broker", (kind) => {
  test.each<[string, UseNatsOptions, string, Record<string, string>]>([
    ["a token", { auth: { token: "s3cret" } }, "s3cret@", {}],
    ["a user and a password", { auth: { user: "ada", password: "s3cret" } }, "ada:s3cret@", {}],
    ["an nkey", { configLines: byNkey.configLines }, "", { NATS_NKEY: byNkey.secret }],
    ["a credentials file", { configLines: byCreds.configLines }, "", { NATS_CREDS: byCreds.secret }],
  ])("by %s, which it tells nobody", async (_what, options, login, env) => {
    await withNats(options, async ({ wsUrl }) => {
      const output = await outputWhenReady(kind, { NATS_URL: wsUrl.replace("//", `//${login}`), ...env });
      for (const secret of ["s3cret", byNkey.secret, byCreds.secret]) expect(output).not.toContain(secret);
    });
  });
});

describe.each(["bun", "deno"] as const)("the gateway on %s", (kind) => {
  test("trusts an authority of one's own", async () => {
    await withNats({ tls: certificates, webSocketTls: certificates }, async ({ wsUrl, tcpUrl }) => {
      for (const url of [wsUrl, tcpUrl]) {
        expect(await outputWhenReady(kind, { NATS_URL: url, NATS_CA: certificates.ca })).toContain("broker connected");
      }
    });
  });
});
