import { expect, test } from "vitest";
import type { Job } from "../../../mesh/job.ts";
import { FUNCTIONS, type TestApi, hello, useApi } from "./use-api.ts";

/** A job that nobody works on, and the text of its stream, piece by piece. */
async function followed(api: TestApi) {
  const { id } = await api.json<{ id: string }>("POST", FUNCTIONS, hello);
  const job = await api.json<Job>("POST", `${FUNCTIONS}/build/${id}`);
  const { body } = await api.send("GET", `/api/v1/jobs/${job.id}`, undefined, { Accept: "text/event-stream" });
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) throw new Error("the answer has no body");
  return { job, reader };
}

test("a job is told until it has ended", async () => {
  const api = await useApi();
  const { job, reader } = await followed(api);
  expect((await reader.read()).value).toContain(`"state":"queued"`);
  await api.send("DELETE", `/api/v1/jobs/${job.id}`);
  expect((await reader.read()).value).toContain(`"state":"cancelled"`);
  expect((await reader.read()).done).toBe(true);
});

test("it is told no longer when the service stops: the mesh does not wait for it", async () => {
  const api = await useApi();
  const { reader } = await followed(api);
  await reader.read();
  const rest = reader.read();
  api.endStreams();
  expect((await rest).done).toBe(true);
});
