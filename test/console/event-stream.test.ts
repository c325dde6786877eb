import { describe, expect, test } from "vitest";
import { type EventStreamOptions, type StreamStatus, openEventStream } from "../../console/api/event-stream.ts";
import { ProblemError } from "../../console/api/problem-error.ts";

/** An answer whose body holds these pieces; it ends after them, unless it is to stay. */
function events(pieces: readonly string[], { stays = false } = {}): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(encoder.encode(piece));
      if (!stays) controller.close();
    },
  });
  return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
}

const away = (status: number): ProblemError =>
  new ProblemError({ type: "about:blank", title: "", status, code: "x", detail: "away" });

interface Followed {
  readonly data: string[];
  readonly states: StreamStatus["state"][];
  readonly lastIds: (string | undefined)[];
  readonly pauses: number[];
}

/** Follows a stream of these connections until it is over, or until the last of them was asked for. */
async function follow(
  connections: readonly (() => Response)[],
  options: Partial<EventStreamOptions> = {},
): Promise<Followed> {
  const followed: Followed = { data: [], states: [], lastIds: [], pauses: [] };
  const over = Promise.withResolvers<void>();
  const stream = openEventStream({
    random: () => 1,
    pause: (ms) => {
      followed.pauses.push(ms);
      return Promise.resolve();
    },
    onEvent: ({ data }) => followed.data.push(data),
    onStatus: ({ state }) => {
      followed.states.push(state);
      if (state === "ended" || state === "failed") over.resolve();
    },
    connect: async (lastEventId) => {
      const connection = connections[followed.lastIds.length];
      if (connection === undefined) {
        over.resolve();
        return new Promise<never>(() => undefined);
      }
      followed.lastIds.push(lastEventId);
      return connection();
    },
    ...options,
  });
  await over.promise;
  stream.close();
  return followed;
}

const fails = (error: Error) => (): never => {
  throw error;
};

describe("a stream of events", () => {
  test("is read whatever pieces it comes in", async () => {
    const pieces = ["id: 1\nda", "ta: one\n", "\n: keep-alive\n\nevent: stats\ndata: two\n\n"];
    const { data, states } = await follow([() => events(pieces), () => new Response(null, { status: 204 })]);
    expect(data).toEqual(["one", "two"]);
    expect(states).toEqual(["connecting", "open", "waiting", "connecting", "open", "ended"]);
  });

  test("goes on after the last event that came", async () => {
    const { lastIds, data } = await follow([
      () => events(["id: 7\ndata: a\n\n"]),
      fails(away(503)),
      () => events(["data: b\n\n"]),
    ]);
    expect(lastIds).toEqual([undefined, "7", "7"]);
    expect(data).toEqual(["a", "b"]);
  });

  test("is asked for again after longer and longer pauses, up to a quarter of a minute", async () => {
    const { pauses } = await follow(Array.from({ length: 8 }, () => fails(away(503))));
    expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
  });

  test("waits as long as the server says", async () => {
    const { pauses } = await follow([
      () => events(["retry: 100\ndata: a\n\n"]),
      fails(new ProblemError(away(429).problem, { retryAfterSeconds: 3 })),
    ]);
    expect(pauses).toEqual([100, 3000]);
  });

  test("that is refused is not asked for again", async () => {
    const { states, pauses } = await follow([fails(away(403))]);
    expect(states).toEqual(["connecting", "failed"]);
    expect(pauses).toEqual([]);
  });

  test("that broke off in the middle of an event forgets the half of it", async () => {
    const { data } = await follow([() => events(["data: ha"]), () => events(["data: whole\n\n"])]);
    expect(data).toEqual(["whole"]);
  });

  test("ends with the event that is its last", async () => {
    const isLast: EventStreamOptions["isLast"] = ({ event }) => event === "end";
    const { data, states } = await follow([() => events(["data: a\n\nevent: end\ndata: done\n\n"])], { isLast });
    expect(data).toEqual(["a", "done"]);
    expect(states).toEqual(["connecting", "open", "ended"]);
  });

  test("ends with its last event, though the server would stay and had more", async () => {
    const more = () => events(["data: a\n\nevent: end\ndata: b\n\ndata: c\n\n"], { stays: true });
    const { data, states } = await follow([more], { isLast: ({ event }) => event === "end" });
    expect(data).toEqual(["a", "b"]);
    expect(states.at(-1)).toBe("ended");
  });

  test("that is cut off is asked for again", async () => {
    const cut = () =>
      new Response(new ReadableStream({ pull: (controller) => controller.error(new TypeError("network error")) }));
    const { data, states } = await follow([cut, () => events(["data: a\n\n"])]);
    expect(data).toEqual(["a"]);
    expect(states.slice(0, 4)).toEqual(["connecting", "open", "waiting", "connecting"]);
  });

  test("whose events cannot be made use of fails, and says why", async () => {
    let status: StreamStatus | undefined;
    const over = Promise.withResolvers<void>();
    openEventStream({
      connect: () => Promise.resolve(events(["data: {\n\n"])),
      onEvent: ({ data }) => void JSON.parse(data),
      onStatus: (next) => {
        status = next;
        if (next.state === "failed") over.resolve();
      },
    });
    await over.promise;
    expect(status).toMatchObject({ state: "failed", error: { code: "console" } });
  });

  test("is silent once it was closed", async () => {
    const data: string[] = [];
    const first = Promise.withResolvers<void>();
    const aborted = Promise.withResolvers<void>();
    const stream = openEventStream({
      onStatus: () => undefined,
      onEvent: (event) => {
        data.push(event.data);
        first.resolve();
      },
      connect: (_, signal) => {
        signal.addEventListener("abort", () => aborted.resolve());
        return Promise.resolve(events(["data: a\n\n"], { stays: true }));
      },
    });
    await first.promise;
    stream.close();
    await aborted.promise;
    expect(data).toEqual(["a"]);
  });
});
