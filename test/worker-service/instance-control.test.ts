import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Broker } from "../../mesh/broker.ts";
import { decodeReply } from "../../mesh/call.ts";
import { type InstanceReport, parseInstanceReport } from "../../mesh/instance-report.ts";
import { silentLog } from "../../mesh/log.ts";
import { instanceSubject, instanceUpSubject } from "../../mesh/subjects.ts";
import { type Controlled, reportInstance } from "../../worker-service/instance-control.ts";
import { recordingLog } from "../mesh/recording-log.ts";
import { untilStatus } from "../mesh/until-status.ts";
import { brokersUnderTest } from "../support/nats.ts";
import { PROJECT, type ServiceMesh, openServiceMesh } from "./service-mesh.ts";

const ADDRESS = { project: PROJECT, service: "greet", instance: "greet-1" };
const ONE_SECOND = { timeoutMs: 1_000 };

describe.each(brokersUnderTest())("an instance that is talked to on %s", (kind) => {
  let mesh: ServiceMesh;
  let own: Broker;
  const controlled = (): Controlled => {
    let share = 1;
    return {
      report: () => ({ share, running: 2, waiting: 3, calls: 9, version: 7 }),
      setShare: (wanted) => Promise.resolve(void (share = wanted)),
    };
  };
  const ask = async (text: string): Promise<InstanceReport> => {
    const payload = new TextEncoder().encode(text);
    const reply = await mesh.broker.request(instanceSubject(ADDRESS), { payload, headers: {} }, ONE_SECOND);
    decodeReply(reply);
    return parseInstanceReport(reply);
  };
  beforeEach(async () => {
    mesh = await openServiceMesh(kind);
    own = await mesh.link.connect();
  });
  afterEach(() => mesh[Symbol.asyncDispose]());

  test("says that it is up, and how it does when it is asked", async () => {
    const up = Promise.withResolvers<InstanceReport>();
    mesh.broker.subscribe(instanceUpSubject({ project: PROJECT, service: "greet" }), {}, (message) =>
      up.resolve(parseInstanceReport(message)),
    );
    await mesh.broker.flush();
    await reportInstance(controlled(), { broker: own, address: ADDRESS, log: silentLog });
    const report = { share: 1, running: 2, waiting: 3, calls: 9, version: 7 };
    expect(await up.promise).toEqual(report);
    expect([await ask("{}"), await ask("")]).toEqual([report, report]);
    expect(await ask(`{"share":40}`)).toEqual({ ...report, share: 40 });
    expect(await ask(`{"share":0}`)).toEqual({ ...report, share: 0 });
  });

  test.each(["share", "5", `{"share":101}`, `{"share":-1}`, `{"share":1.5}`, `{"share":"2"}`])(
    "refuses %s, and stays as it is",
    async (text) => {
      await reportInstance(controlled(), { broker: own, address: ADDRESS, log: silentLog });
      await expect(ask(text)).rejects.toMatchObject({
        code: "invalid_request",
        message: 'an instance is asked with {"share": …}, a whole number from 0 to 100, or with {}',
      });
      expect((await ask("{}")).share).toBe(1);
    },
  );

  test("logs what goes wrong, and tells no more than that something did", async () => {
    const { log, untilSaid } = recordingLog();
    const failing = { ...controlled(), setShare: () => Promise.reject(new Error("a secret of ours")) };
    await reportInstance(failing, { broker: own, address: ADDRESS, log });
    await expect(ask(`{"share":2}`)).rejects.toMatchObject({ code: "internal" });
    expect(await untilSaid("the instance could not do what it was asked to")).toMatchObject({
      error: { message: "a secret of ours" },
    });
  });

  test("says so again when the broker was away, and not once it is closed", async () => {
    const reporting = await reportInstance(controlled(), { broker: own, address: ADDRESS, log: silentLog });
    const ups: unknown[] = [];
    mesh.broker.subscribe(instanceUpSubject(ADDRESS), {}, (message) => ups.push(parseInstanceReport(message)));
    const restart = async (): Promise<void> => {
      await mesh.link.stopBroker();
      await Promise.all([own, mesh.broker].map((broker) => untilStatus(broker, "disconnected")));
      await mesh.link.startBroker();
      await Promise.all([own, mesh.broker].map((broker) => untilStatus(broker, "connected")));
    };
    // Who listens may be back later than who tells, and has missed it then.
    while (ups.length === 0) {
      await restart();
      await own.flush();
      expect((await ask("{}")).version).toBe(7);
    }
    await reporting.close();
    const before = ups.length;
    await restart();
    await own.flush();
    await mesh.broker.flush();
    expect(ups).toHaveLength(before);
  });
});
