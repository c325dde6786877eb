import { expect, test } from "vitest";
import { signDevelopmentToken } from "../../../gateway/auth/development-token.ts";
import { PROJECT_SECRET } from "../../support/mesh.ts";
import { meshForSuite } from "../calling.ts";
import { PubsubClient } from "./pubsub-client.ts";
import { WorkerClient } from "./worker-client.ts";

const SUBJECT = "/chat/lobby";
const config = {
  projects: [
    { id: "talking", secret: PROJECT_SECRET, pubsub: { rules: [{ subject: "/other", publish: "allow" }] } },
    { id: "silent", secret: PROJECT_SECRET },
  ],
};
const mesh = meshForSuite({ kind: "embedded", config });
const PROJECTS = ["talking", "silent", "nowhere"];

async function forAll<T>(ask: (project: string) => Promise<T>): Promise<T> {
  const [first, ...others] = await Promise.all(PROJECTS.map(ask));
  for (const other of others) expect(other).toEqual(first);
  return first as T;
}

test.each([
  ["what nobody may", `{"subject":"${SUBJECT}","data":1}`, 403, `no rule allows publishing at "${SUBJECT}/"`],
  ["what is no message", '{"subject":5}', 400, expect.stringContaining("publishing takes") as string],
  ["what is no JSON", "{", 400, expect.any(String) as string],
])("publishing %s shows nobody which projects there are", async (_what, body, status, error) => {
  const answer = await forAll(async (project): Promise<unknown> => {
    const response = await fetch(`${mesh().url}/v1/api/${project}/pubsub`, { method: "POST", body });
    return [response.status, await response.json()];
  });
  expect(answer).toEqual([status, { error }]);
});

test("subscribing shows nobody which projects there are", async () => {
  const answer = await forAll(async (project) => {
    await using client = await PubsubClient.connect(mesh().url, project);
    return await client.subscribe(SUBJECT);
  });
  expect(answer).toEqual({ status: 403, error: `no rule allows subscribing at "${SUBJECT}/"`, msg: null });
});

test.each([
  ["no token", undefined],
  ["what is no token", "garbage"],
  ["a token of somebody else", "foreign"],
  ["a token of somebody else that has expired", "old"],
])("registering with %s shows nobody which projects there are", async (_what, kind) => {
  const signed = (expiresInSeconds: number): Promise<string> =>
    signDevelopmentToken({ secret: "a secret of somebody else, thirty-two bytes", claims: {}, expiresInSeconds });
  const token = kind === "foreign" ? await signed(60) : kind === "old" ? await signed(1) : kind;
  const answer = await forAll(async (project) => {
    await using worker = await WorkerClient.connect(mesh(), `/v1/api/${project}/socket/json`);
    const { error, ...rest } = await worker.register("arithmetic", token === undefined ? {} : { token });
    return { ...rest, error: String(error).replace(project, "…") };
  });
  const text = 'the token is none that project "…" takes; it may have expired, or be signed with another key';
  expect(answer).toEqual({ ack: false, error: token === undefined ? "no token was sent" : text });
});
