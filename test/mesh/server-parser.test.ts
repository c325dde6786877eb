import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { BlockMessage } from "../../mesh/broker/block-delivery.ts";
import { ServerParser } from "../../mesh/broker/server-parser.ts";

type Said = readonly [string, ...unknown[]];

function listening(): { readonly parser: ServerParser; readonly said: Said[] } {
  const said: Said[] = [];
  const parser = new ServerParser({
    onInfo: (json) => said.push(["info", JSON.parse(json)]),
    onMessage: (sid, { subject, replyTo, headers, payload }: BlockMessage) =>
      said.push(["message", sid, subject, replyTo, headers, Buffer.from(payload).toString("hex")]),
    onPing: () => said.push(["ping"]),
    onPong: () => said.push(["pong"]),
    onError: (text) => said.push(["error", text]),
  });
  return { parser, said };
}

const BLOCK = "NATS/1.0\r\nKind: tést\r\n\r\n";
const BLOCK_BYTES = Buffer.byteLength(BLOCK);
const token = fc.stringMatching(/^[A-Za-z0-9_.-]{1,20}$/);

const statement = fc.oneof(
  fc.constant({ bytes: Buffer.from("PING\r\n"), said: ["ping"] as Said }),
  fc.constant({ bytes: Buffer.from("PONG\r\n"), said: ["pong"] as Said }),
  fc.constant({ bytes: Buffer.from("+OK\r\n"), said: undefined }),
  fc.constant({ bytes: Buffer.from("-ERR 'Slow Consumer'\r\n"), said: ["error", "Slow Consumer"] as Said }),
  fc.constant({ bytes: Buffer.from(`INFO {"server_name":"é"} \r\n`), said: ["info", { server_name: "é" }] as Said }),
  fc
    .record({
      subject: token,
      sid: fc.nat(99).map(String),
      replyTo: fc.option(token, { nil: "" }),
      hasHeaders: fc.boolean(),
      // Line ends and words of the protocol are bytes like any others there.
      payload: fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.constant(Buffer.from("\r\nPING\r\nMSG a 1 1\r\n"))),
    })
    .map(({ subject, sid, replyTo, hasHeaders, payload }) => {
      const head = [subject, sid, ...(replyTo === "" ? [] : [replyTo])].join(" ");
      const block = hasHeaders ? BLOCK : "";
      const line = hasHeaders
        ? `HMSG ${head} ${BLOCK_BYTES} ${BLOCK_BYTES + payload.length}\r\n`
        : `MSG ${head} ${payload.length}\r\n`;
      return {
        bytes: Buffer.concat([Buffer.from(line + block), payload, Buffer.from("\r\n")]),
        said: ["message", sid, subject, replyTo, block, Buffer.from(payload).toString("hex")] as Said,
      };
    }),
);

describe("what a NATS server says", () => {
  test("is understood wherever its chunks end", () => {
    const chunkSizes = fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 12 }), chunkSizes, (statements, sizes) => {
        const { parser, said } = listening();
        const bytes = Buffer.concat(statements.map((each) => each.bytes));
        for (let start = 0, turn = 0; start < bytes.length; turn++) {
          const end = start + (sizes[turn % sizes.length] ?? 1);
          parser.push(bytes.subarray(start, end));
          start = end;
        }
        expect(said).toEqual(statements.flatMap((each) => (each.said === undefined ? [] : [each.said])));
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    "HTTP/1.1 400 Bad Request\r\n",
    "MSG a 1\r\n",
    "MSG a 1 b c 4\r\n",
    "MSG a 1 x\r\n",
    "MSG a 1 -4\r\n",
    "HMSG a 1 9 4\r\n",
    "HMSG a 1 x 4\r\n",
    "\r\n",
  ])("is not %j", (line) => {
    expect(() => listening().parser.push(Buffer.from(line))).toThrow(/^the broker (says|announces)/);
  });

  test("is no line without an end", () => {
    const { parser } = listening();
    const endless = Buffer.alloc(600_000, "x");
    parser.push(endless);
    expect(() => parser.push(endless)).toThrow("a line of the broker does not end");
  });
});
