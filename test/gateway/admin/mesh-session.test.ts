import { expect, test } from "vitest";
import { loadConfig } from "../../../gateway/runtime/config-file.ts";
import { ENV, administered } from "./administered.ts";

test("a stream of the mesh goes on for as long as its session does, and no longer", async () => {
  const gateway = await administered();
  const headers = { Authorization: `Bearer ${await gateway.login("grace")}`, Accept: "text/event-stream" };
  const { body } = await fetch(`${gateway.url}/v1/admin/mesh`, { headers });
  if (body === null) throw new Error("the stream has no body");
  const reader = body.getReader();
  for (let chunks = 0; chunks < 4; chunks++) expect((await reader.read()).done).toBe(false);
  const config = await loadConfig(gateway.file, { env: ENV });
  const users = config.admin.users.map((each) =>
    each.user === "grace" ? { ...each, pass: "another password" } : each,
  );
  gateway.replaceConfig({ ...config, gateway: { ...config.gateway, port: 0 }, admin: { users } });
  // What was sent before is read first.
  while (!(await reader.read()).done);
  expect((await fetch(`${gateway.url}/v1/admin/mesh`, { headers })).status).toBe(401);
});
