import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CloseStack } from "../../../mesh/lifecycle.ts";
import { makeCertificates } from "../../support/certificates.ts";
import { credsIdentity, nkeyIdentity } from "../../support/nats-identities.ts";
import { type UseNatsOptions, useNats } from "../../support/nats.ts";
import { startWorkerd } from "../../support/workerd.ts";

const FMESH_CONFIG = "projects: [{ id: shop, services: {} }]";

/** What `/readyz` says of the broker. */
async function brokerStatus(
  options: UseNatsOptions,
  { bindings = {}, authorities }: { bindings?: Readonly<Record<string, string>>; authorities?: string } = {},
): Promise<string> {
  const parts = new CloseStack();
  try {
    const nats = await useNats("nats-server", options);
    parts.defer(() => nats.stop());
    const workerd = await startWorkerd({ bindings: { FMESH_CONFIG, NATS_URL: nats.wsUrl, ...bindings }, authorities });
    parts.defer(() => workerd.stop());
    return ((await (await fetch(`${workerd.url}/readyz`)).json()) as { broker: string }).broker;
  } finally {
    await parts.close();
  }
}

test.each([
  ["an nkey", nkeyIdentity, "NATS_NKEY"],
  ["a credentials file", credsIdentity, "NATS_CREDS"],
])("an object is let in by %s, and not without", async (_what, identity, binding) => {
  const { secret, configLines } = identity();
  expect(await brokerStatus({ configLines }, { bindings: { [binding]: secret } })).toBe("connected");
  expect(await brokerStatus({ configLines })).toBe("disconnected");
});

test("an object encrypts what it says to a broker that the platform trusts, and says nothing to any other", async () => {
  const folder = await mkdtemp(join(tmpdir(), "edge-tls-"));
  try {
    const { ca: authorities, ...webSocketTls } = await makeCertificates(folder);
    expect(await brokerStatus({ webSocketTls }, { authorities })).toBe("connected");
    expect(await brokerStatus({ webSocketTls })).toBe("disconnected");
  } finally {
    await rm(folder, { recursive: true });
  }
});
