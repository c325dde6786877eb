import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CloseStack } from "../../mesh/lifecycle.ts";
import { bubblewrap } from "../support/bubblewrap.ts";
import { PROJECT_ROOT, startCommand } from "../support/fmesh.ts";
import { useNats } from "../support/nats.ts";

const CONFIG = `gateway: { port: 0 }
admin: { users: [{ user: ada, pass: password-of-ada }] }
projects: [{ id: shop, services: { cart: { functions: { add: { rule: deny } } } } }]
`;

test("a file that is mounted read-only, as Kubernetes does it, is shown, and a save says why it cannot be", async () => {
  const parts = new CloseStack();
  try {
    const folder = await mkdtemp(join(tmpdir(), "mounted-"));
    parts.defer(() => rm(folder, { recursive: true }));
    const file = join(folder, "fmesh.yaml");
    await writeFile(file, CONFIG);
    const broker = await useNats("embedded");
    parts.defer(() => broker.stop());
    const mounted = [bubblewrap(), "--die-with-parent", "--dev-bind", "/", "/", "--ro-bind", file, file];
    const command = [...mounted, process.execPath, join(PROJECT_ROOT, "cli/main.ts"), "gateway", folder];
    const gateway = startCommand(command, { env: { NATS_URL: broker.wsUrl } });
    parts.defer(async () => void (await gateway.stop("SIGTERM")));
    const listening = /"message":"gateway is up","url":"([^"]+)"/;
    const url = listening.exec(await gateway.until(listening))?.[1] ?? "";

    const credentials = JSON.stringify({ user: "ada", pass: "password-of-ada" });
    const login = await fetch(`${url}/v1/admin/login`, { method: "POST", body: credentials });
    const { token } = (await login.json()) as { token: string };
    const headers = { Authorization: `Bearer ${token}`, "If-Match": "*" };
    const shown = await fetch(`${url}/v1/admin/config`, { headers });
    const { text } = (await shown.json()) as { text: string };
    expect(text).toContain("rule: deny");
    const body = JSON.stringify({ text: text.replace("deny", "allow") });
    const saved = await fetch(`${url}/v1/admin/config`, { method: "PUT", headers, body });
    expect(saved.status).toBe(501);
    expect(await saved.text()).toMatch(/fmesh\.yaml.* cannot be replaced here \(EBUSY\).*mounted read-only/);
    expect(await readFile(file, "utf8")).toBe(CONFIG);
    // Nor is it in force.
    expect((await fetch(`${url}/v1/call/shop/cart/add`, { method: "POST", body: "{}" })).status).toBe(401);
  } finally {
    await parts.close();
  }
});
