import { join } from "node:path";
import { type ExampleFolder, PROJECT_ROOT, startCommand } from "../support/fmesh.ts";
import type { ConsoleMesh } from "./console-mesh.ts";
import { withReaders, withViewer } from "./people.ts";

/** The project of `examples/arithmetic`. */
export const PROJECT = "my-adder";

/** Has calls of the example recorded, and lets a viewer in who may read records. */
export async function recordingExample(example: ExampleFolder): Promise<void> {
  await example.edit((text) =>
    withViewer(withReaders(text)).replace("rule: authenticated\n", "rule: authenticated\n            record: full\n"),
  );
}

/** A token of the project. */
export async function tokenOf({ example }: ConsoleMesh, claims: object): Promise<string> {
  const args = ["token", "--config", example.folder, "--claims", JSON.stringify(claims)];
  const command = startCommand([process.execPath, join(PROJECT_ROOT, "cli/main.ts"), ...args]);
  await command.exited;
  return command.output().trim();
}

const tokens = new WeakMap<ConsoleMesh, Promise<string>>();

async function send(mesh: ConsoleMesh, path: string, init: RequestInit): Promise<Response> {
  const token = tokens.get(mesh) ?? tokenOf(mesh, { id: "ada", role: "admin" });
  tokens.set(mesh, token);
  const headers = new Headers(init.headers);
  headers.set("Authorization", `Bearer ${await token}`);
  headers.set("Content-Type", "application/json");
  return fetch(mesh.url + path, { ...init, headers });
}

/** Calls a function that is recorded; gives the id of the invocation. */
export async function callSum(mesh: ConsoleMesh, num1: unknown, num2: unknown): Promise<string> {
  const traceId = crypto.randomUUID().replaceAll("-", "");
  const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };
  const body = JSON.stringify({ num1, num2 });
  await (await send(mesh, `/v1/call/${PROJECT}/arithmetic/sum`, { method: "POST", headers, body })).text();
  const found = await send(mesh, `/api/v3/events?traceId=${traceId}`, {});
  const [call] = (await found.json()) as { readonly id: string }[];
  if (call === undefined) throw new Error("the call was not recorded");
  return call.id;
}

/** Records an event of a client's own; gives its id. */
export async function tell(mesh: ConsoleMesh, event: object): Promise<string> {
  const response = await send(mesh, "/api/v3/events", { method: "POST", body: JSON.stringify(event) });
  return ((await response.json()) as { readonly id: string }).id;
}
