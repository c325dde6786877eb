import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { jsonLog } from "../../../mesh/log.ts";
import { PROJECT, PROJECT_SECRET, type TestMesh, startTestMesh } from "../../support/mesh.ts";
import { WorkerClient } from "./worker-client.ts";

const TYPES = [
  "service-register",
  "service-request",
  "service-unregister",
  "realtime-subscribe",
  "realtime-unsubscribe",
  "pubsub-subscribe",
  "pubsub-unsubscribe",
  "pubsub-unsubscribe-all",
] as const;
/** What any object could be asked for, and what frames hold. */
const NAMES = ["toString", "toJSON", "valueOf", "constructor", "length", "__proto__", "then"] as const;
const MEMBERS = ["service", "project", "token", "id", "params", "error", "subject", "queue", "group"] as const;

const value = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.dictionary(fc.constantFrom(...NAMES), fc.jsonValue({ maxDepth: 1 })),
  fc.constantFrom("", "s", PROJECT, "/rooms/a", "a".repeat(300)),
);
const data = fc.oneof(value, fc.dictionary(fc.constantFrom(...MEMBERS, ...NAMES), value));
const type = fc.oneof({ weight: 9, arbitrary: fc.constantFrom<unknown>(...TYPES) }, value);
/** Written by hand, since `JSON.stringify` has no words for a member `__proto__` that is written twice. */
const frame = fc.tuple(type, data, value).map((parts) => {
  const [written, body, id] = parts.map((part) => JSON.stringify(part));
  return `{"type":${written},"data":${body},"id":${id}}`;
});

/** So deep that it can be read and not be written again. */
const DEEP = `${"[".repeat(400_000)}${"]".repeat(400_000)}`;

describe("a frame of whatever JSON", () => {
  let mesh: TestMesh;
  const errors: string[] = [];
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);

  beforeAll(async () => {
    process.on("unhandledRejection", note).on("uncaughtException", note);
    mesh = await startTestMesh({
      kind: "embedded",
      log: jsonLog((line) => line.includes('"level":"error"') && errors.push(line)),
      config: {
        projects: [
          {
            id: PROJECT,
            secret: PROJECT_SECRET,
            pubsub: { rules: [{ subject: "/rooms", publish: "allow", subscribe: "authenticated" }] },
          },
        ],
      },
    });
  });
  afterAll(async () => {
    process.off("unhandledRejection", note).off("uncaughtException", note);
    await mesh.stop();
  });
  const expectNothingLeft = (): void => expect({ unhandled, errors }).toEqual({ unhandled: [], errors: [] });

  test("ends neither its socket nor the gateway, and leaves nothing unhandled", async () => {
    await using client = await WorkerClient.connect(mesh);
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 20 }), async (frames) => {
        for (const each of frames) client.sendText(each);
        await client.settled();
        expectNothingLeft();
      }),
      { numRuns: 150 },
    );
  });

  test.each(['{"toString":1}', '{"toString":{}}', "[[]]", "5", "null", "true", DEEP])(
    "registering a service %.40s is answered with a refusal",
    async (service) => {
      await using client = await WorkerClient.connect(mesh);
      const answer = client.next("service-register");
      client.sendText(`{"type":"service-register","data":{"service":${service}},"id":"r1"}`);
      expect(await answer).toEqual({
        type: "service-register",
        id: "r1",
        data: { ack: false, error: "data.service has to be a service's name" },
      });
      expectNothingLeft();
    },
  );

  test.each(["group", "id"])(
    "what is no text is left out of the answer to a realtime query: its %s",
    async (member) => {
      await using client = await WorkerClient.connect(mesh);
      const answer = client.next("realtime-subscribe");
      client.sendText(`{"type":"realtime-subscribe","data":{"${member}":${DEEP}},"id":"q1"}`);
      expect((await answer).data).toEqual({ ack: false, error: "realtime is not supported", docs: [] });
      expectNothingLeft();
    },
  );
});
