import { expect } from "vitest";
import { type TestMesh, PROJECT, PROJECT_SECRET, type WrittenConfig } from "../../support/mesh.ts";
import { type ServiceDefinition, defineService } from "../../../worker-service/service.ts";
import { PubsubClient } from "./pubsub-client.ts";

const ownerOf = (name: string) => ({
  rule: "match",
  type: "string",
  eval: "==",
  f1: "args.auth.id",
  f2: `args.params.${name}`,
});
const both = (rule: unknown): object => ({ publish: rule, subscribe: rule });

/** Rules of all kinds, the one of `/chat` first. */
export const RULES: readonly object[] = [
  { subject: "/chat", ...both("allow") },
  { subject: "/chat/staff", publish: "allow", subscribe: "authenticated" },
  { subject: "/chat/asked/:by", publish: "allow", subscribe: { rule: "func", service: "guard", func: "check" } },
  { subject: "/mail/:owner", publish: "authenticated", subscribe: ownerOf("owner") },
  { subject: "/read-only", subscribe: "allow" },
  { subject: "/write-only", publish: "allow" },
];

/** A configuration with these rules; without any, of a project that has no subjects. */
export function withRules(rules: readonly object[] | undefined, rest: WrittenConfig = {}): WrittenConfig {
  const project = { id: PROJECT, secret: PROJECT_SECRET, ...(rules !== undefined && { pubsub: { rules } }) };
  return { projects: [project], ...rest };
}

/** What the rule of `/chat/asked/:by` asks: lets all but one. */
export const guard: ServiceDefinition = defineService("guard", {
  check: (_params, { claims }) => ({ ack: claims["id"] !== "stranger" }),
});

/** The answer to what was done. */
export const OK: object = { status: 200, error: "", msg: null };

/** The answer to what was not. */
export function refused(status: number, error = /./): object {
  return { status, error: expect.stringMatching(error) as unknown, msg: null };
}

/** Opens a websocket. */
export function client({ url }: Pick<TestMesh, "url">, project = PROJECT): Promise<PubsubClient> {
  return PubsubClient.connect(url, project);
}

/** Publishes as the clients of 2019 do. */
export function post({ url }: Pick<TestMesh, "url">, body: BodyInit, token?: string): Promise<Response> {
  return fetch(`${url}/v1/api/${PROJECT}/pubsub`, {
    method: "POST",
    body,
    headers: { "Content-Type": "text/plain", ...(token !== undefined && { Authorization: `Bearer ${token}` }) },
  });
}

/** The status and the body of the answer. */
export async function publish(
  mesh: Pick<TestMesh, "url">,
  subject: string,
  data: unknown,
  token?: string,
): Promise<readonly [status: number, body: unknown]> {
  const response = await post(mesh, JSON.stringify({ subject, data }), token);
  return [response.status, await response.json()];
}
