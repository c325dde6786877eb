import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ProtocolHandler, ProtocolParser } from "../../nats-server/protocol/parser.ts";
import { ProtocolViolation } from "../../nats-server/protocol/violation.ts";

const LIMITS = { maxPayloadBytes: 1000, maxControlLineBytes: 200 };

describe("the protocol parser", () => {
  test("reads the same from a stream however it is split", () => {
    fc.assert(
      fc.property(fc.array(operation(), { maxLength: 12 }), fc.array(fc.nat(400)), (operations, cuts) => {
        const stream = Buffer.concat(operations);
        expect(read(split(stream, cuts))).toEqual(read([stream]));
        expect(read(split(stream, cuts)).violation).toBeUndefined();
      }),
    );
  });

  test("reads the same when every byte comes alone", () => {
    fc.assert(
      fc.property(fc.array(operation(), { maxLength: 4 }), (operations) => {
        const stream = Buffer.concat(operations);
        expect(read([...stream].map((byte) => Buffer.from([byte])))).toEqual(read([stream]));
      }),
      { numRuns: 30 },
    );
  });

  test("takes any bytes, and says no in its own words only", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.uint8Array(), operation(), mangled())), fc.array(fc.nat(400)), (parts, cuts) => {
        const stream = Buffer.concat(parts);
        const { calls, violation } = read(split(stream, cuts));
        const whole = read([stream]);
        expect(violation).toBe(whole.violation);
        expect(calls).toEqual(whole.calls);
      }),
      { numRuns: 500 },
    );
  });

  test("stops in the middle of a chunk when told to", () => {
    const { calls, handler } = recorder();
    const parser = new ProtocolParser({ ...handler, ping: () => parser.stop() }, LIMITS);
    parser.push(Buffer.from("PUB a 0\r\n\r\nPING\r\nPUB b 0\r\n\r\n"));
    parser.push(Buffer.from("PUB c 0\r\n\r\n"));
    expect(calls).toEqual(['publish "a" "" 0 ""']);
  });
});

function recorder(): { calls: string[]; handler: ProtocolHandler } {
  const calls: string[] = [];
  const record = (name: string, ...values: unknown[]): void => {
    calls.push([name, ...values.map((value) => JSON.stringify(value))].join(" "));
  };
  return {
    calls,
    handler: {
      begin: () => undefined,
      publish: (message) => {
        const body = message.source.toString("latin1", message.bodyStart, message.bodyStart + message.totalBytes);
        record("publish", message.subject, message.reply, message.headerBytes, body);
        const tail = message.source.toString("latin1", message.subjectEnd, message.end);
        expect(tail).toMatch(/^( [^ ]+)? \d+( \d+)?\r\n/);
        expect(tail.endsWith(`\r\n${body}\r\n`)).toBe(true);
      },
      subscribe: (subject, queue, sid) => record("subscribe", subject, queue, sid),
      unsubscribe: (sid, max) => record("unsubscribe", sid, max),
      connect: (json) => record("connect", json),
      ping: () => record("ping"),
      pong: () => record("pong"),
    },
  };
}

function read(chunks: readonly Buffer[]): { calls: string[]; violation: string | undefined } {
  const { calls, handler } = recorder();
  const parser = new ProtocolParser(handler, LIMITS);
  try {
    for (const chunk of chunks) parser.push(chunk);
  } catch (error) {
    if (!(error instanceof ProtocolViolation)) throw error;
    return { calls, violation: error.message };
  }
  return { calls, violation: undefined };
}

function split(stream: Buffer, cuts: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let at = 0;
  for (const cut of cuts) {
    chunks.push(Buffer.from(stream.subarray(at, at + cut)));
    at += cut;
  }
  return [...chunks, Buffer.from(stream.subarray(at))];
}

const word = (): fc.Arbitrary<string> => fc.stringMatching(/^[a-zA-Z0-9.*>$_ü-]{1,12}$/);
const gap = (): fc.Arbitrary<string> => fc.constantFrom(" ", " ", " ", "  ", "\t", " \t ");
const lineEnd = (): fc.Arbitrary<string> => fc.constantFrom("\r\n", "\r\n", "\n", " \r\n");

/** One valid operation, in any spelling. */
function operation(): fc.Arbitrary<Buffer> {
  const line = (...parts: fc.Arbitrary<string>[]): fc.Arbitrary<Buffer> =>
    fc
      .tuple(gap(), lineEnd(), ...parts)
      .map(([space, end, ...words]) => Buffer.from(words.join(space) + end, "latin1"));
  const body = fc.uint8Array({ maxLength: 300 });
  const publish = fc
    .tuple(gap(), lineEnd(), fc.array(word(), { minLength: 1, maxLength: 2 }), body, fc.option(fc.nat(100)))
    .map(([space, end, subjects, payload, headerBytes]) => {
      const sizes = headerBytes === null ? [] : [String(Math.min(headerBytes, payload.length))];
      const name = headerBytes === null ? "PUB" : "hpub";
      const control = [name, ...subjects, ...sizes, String(payload.length)].join(space) + end;
      return Buffer.concat([Buffer.from(control, "latin1"), payload, Buffer.from("\r\n")]);
    });
  return fc.oneof(
    publish,
    line(fc.constantFrom("PING", "pong", "PoNg")),
    line(fc.constant("SUB"), word(), word()),
    line(fc.constant("sub"), word(), word(), word()),
    line(fc.constant("UNSUB"), word()),
    line(fc.constant("UNSUB"), word(), fc.nat(50).map(String)),
    line(fc.constant("CONNECT"), fc.constant('{"verbose":false}')),
  );
}

/** A valid operation with one byte changed. */
function mangled(): fc.Arbitrary<Buffer> {
  return fc.tuple(operation(), fc.nat(), fc.nat(255)).map(([bytes, at, byte]) => {
    const changed = Buffer.from(bytes);
    changed[at % changed.length] = byte;
    return changed;
  });
}
