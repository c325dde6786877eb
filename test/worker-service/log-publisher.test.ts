import { describe, expect, test } from "vitest";
import type { Broker } from "../../mesh/broker.ts";
import { type ReceivedLine, decodeLines, encodeQuestion } from "../../mesh/log-feed.ts";
import { publishLog } from "../../worker-service/log-publisher.ts";
import { LogTail } from "../../worker-service/log-tail.ts";
import { openLink } from "../mesh/broker-link.ts";
import { untilStatus } from "../mesh/until-status.ts";
import { brokersUnderTest } from "../support/nats.ts";

const ABOUT = { project: "shop", service: "arithmetic" };

/** The lines that come, and a wait for the one that says so. */
function readLines(broker: Broker): { lines: ReceivedLine[]; until: (text: string) => Promise<void> } {
  const lines: ReceivedLine[] = [];
  let heard = Promise.withResolvers<void>();
  broker.subscribe("log.shop.*", {}, (message) => {
    lines.push(...decodeLines(message));
    heard.resolve();
    heard = Promise.withResolvers();
  });
  const until = async (text: string): Promise<void> => {
    while (!lines.some((line) => line.text === text)) await heard.promise;
  };
  return { lines, until };
}

describe.each(brokersUnderTest())("a worker's log over %s", (kind) => {
  test("is published line by line, numbered", async () => {
    await using link = await openLink(kind, "WebSocket");
    const [reader, broker] = [await link.connect(), await link.connect()];
    const { lines, until } = readLines(reader);
    await reader.flush();
    const tail = new LogTail();
    tail.add("before", "info");
    const publisher = publishLog(tail, { broker, ...ABOUT });
    tail.add("after", "info");
    await until("after");
    expect(lines.map(({ number, text }) => [number, text])).toEqual([
      [1, "before"],
      [2, "after"],
    ]);
    expect(new Set(lines.map(({ source }) => source)).size).toBe(1);
    tail.add("at the end", "info");
    await publisher.close();
    await until("at the end");
  });

  test("answers with its last lines, asked by project or by service", async () => {
    await using link = await openLink(kind, "WebSocket");
    const [asker, broker] = [await link.connect(), await link.connect()];
    const tail = new LogTail();
    for (const text of ["1", "2", "3"]) tail.add(text, "info");
    publishLog(tail, { broker, ...ABOUT });
    await broker.flush();
    for (const subject of ["log-recent.shop", "log-recent.shop.arithmetic"]) {
      const reply = await asker.request(subject, encodeQuestion({ lines: 2 }), { timeoutMs: 10_000 });
      expect(decodeLines(reply).map(({ text }) => text)).toEqual(["2", "3"]);
    }
  });

  test("a flood of lines is neither lost while there is room nor kept when there is none", async () => {
    await using link = await openLink(kind, "WebSocket", { maxPayloadBytes: 4096 });
    const [reader, broker] = [await link.connect(), await link.connect()];
    const { lines, until } = readLines(reader);
    await reader.flush();
    const tail = new LogTail();
    publishLog(tail, { broker, ...ABOUT });
    for (let count = 1; count <= 900; count++) tail.add(`${count} ${"é".repeat(40)}`, "info");
    tail.add("end of the first", "info");
    await until("end of the first");
    expect(lines.map(({ number }) => number)).toEqual(Array.from({ length: 901 }, (_, index) => index + 1));

    for (let count = 1; count <= 100_000; count++) tail.add(String(count), "info");
    tail.add("end of the second", "info");
    await until("end of the second");
    expect(lines.length).toBeLessThan(901 + 10_000);
  });

  test("while the broker is away lines cost nothing, and those that are still known come after it is back", async () => {
    await using link = await openLink(kind, "WebSocket");
    const [reader, broker] = [await link.connect(), await link.connect()];
    const { lines, until } = readLines(reader);
    await reader.flush();
    const tail = new LogTail();
    publishLog(tail, { broker, ...ABOUT });
    await broker.flush();
    await link.stopBroker();
    await untilStatus(broker, "disconnected");
    for (let count = 1; count <= 5_000; count++) tail.add(`away ${count}`, "info");
    const back = untilStatus(reader, "connected");
    await link.startBroker();
    await back;
    // Whoever of the two is back first: the next line tells.
    await untilStatus(broker, "connected");
    await reader.flush();
    tail.add("back", "info");
    await until("back");
    expect(lines.length).toBeLessThanOrEqual(1_001);
    expect(lines.at(-1)).toMatchObject({ number: 5_001, text: "back" });
  });

  test("a line larger than the broker takes does not keep the others back", async () => {
    await using link = await openLink(kind, "WebSocket", { maxPayloadBytes: 2048 });
    const [reader, broker] = [await link.connect(), await link.connect()];
    const { lines, until } = readLines(reader);
    await reader.flush();
    const tail = new LogTail();
    publishLog(tail, { broker, ...ABOUT });
    tail.add("x".repeat(10_000), "error");
    tail.add("next", "info");
    await until("next");
    expect(lines.map(({ text }) => text)).toEqual(["next"]);
  });
});
