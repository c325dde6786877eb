import { expect, onTestFinished, test } from "vitest";
import { startRecorder } from "../../../functions-service/events/recorder.ts";
import { openSqliteStore } from "../../../functions-service/runtime/sqlite.ts";
import { silentLog } from "../../../mesh/log.ts";
import { defineService } from "../../../worker-service/service.ts";
import { recordSpans } from "../../mesh/tracing/recorded-spans.ts";
import { PROJECT, type TestMesh, type TestMeshOptions, startTestMesh } from "../../support/mesh.ts";
import { call2019 } from "../calling.ts";
import { NatsPeer, natsConfig, reply2019, request2019 } from "./nats-site.ts";

async function startMesh(options: Omit<TestMeshOptions, "kind">): Promise<TestMesh> {
  const mesh = await startTestMesh({ kind: "embedded", ...options });
  onTestFinished(() => mesh.stop());
  return mesh;
}

async function peerOf(mesh: TestMesh): Promise<NatsPeer> {
  const peer = await NatsPeer.connect(mesh);
  onTestFinished(() => peer[Symbol.asyncDispose]());
  return peer;
}

test("a call that goes to a worker on the broker has a span there, beside the one that found nobody", async () => {
  using recorded = recordSpans();
  const { tracing } = recorded;
  const mesh = await startMesh({ config: natsConfig({ away: { sum: "allow" } }), tracing });
  await (await peerOf(mesh)).serve("away", () => reply2019(30));
  expect(await (await call2019(mesh, "away/sum", { body: "{}" })).text()).toBe('{"result":30}');
  await recorded.untilEnded(3);
  expect(recorded.tree()).toEqual([
    "SERVER POST /v1/api/:project/functions/:service/:function",
    expect.stringMatching(/^ {2}CLIENT away\/sum .*worker_unavailable/),
    "  CLIENT away/sum",
  ]);
});

test("a call that is recorded is recorded once, wherever it went", async () => {
  const recordedSum = { functions: { sum: { rule: "allow", record: "result" } } };
  const config = natsConfig({});
  const [project] = config["projects"] as object[];
  const projects = [{ ...project, services: { away: recordedSum, arithmetic: recordedSum } }];
  const arithmetic = defineService("arithmetic", { sum: () => 30 });
  const mesh = await startMesh({ config: { ...config, projects }, services: [arithmetic] });
  const store = await openSqliteStore(":memory:", silentLog);
  onTestFinished(() => store.close());
  const { journal } = store;
  const recorder = await startRecorder({ broker: await mesh.connect(), journal, project: PROJECT, log: silentLog });
  onTestFinished(() => recorder.close());

  const peer = await peerOf(mesh);
  await peer.serve("away", () => reply2019(30));
  expect((await call2019(mesh, "away/sum", { body: "{}" })).status).toBe(200);
  expect((await peer.ask("arithmetic", request2019("sum"))).params).toBe(30);
  const sources = async (): Promise<string[]> =>
    (await store.events.list(PROJECT, {}, { limit: 10 })).items.map(({ source, status }) => `${source} ${status}`);
  await expect.poll(sources).toHaveLength(2);
  expect((await sources()).toSorted()).toEqual(["arithmetic.sum SUCCESS", "away.sum SUCCESS"]);
});
