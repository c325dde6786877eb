import { type RawConnection, openRaw } from "../raw-connection.ts";

/** The first byte of frames by what they hold: the last of their message (RFC 6455, 5.2). */
export const FRAME = { text: 0x81, binary: 0x82, pong: 0x8a } as const;

/** A websocket without a client behind it: it answers no pings, and reads when it is told to. */
export async function openRawSocket({ url }: { readonly url: string }): Promise<RawConnection> {
  const connection = await openRaw(url);
  const lines = [
    "GET /v1/api/shop/socket/json HTTP/1.1",
    "Host: gateway",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
  ];
  connection.send(`${lines.join("\r\n")}\r\n\r\n`);
  const answer = await connection.until((text) => text.includes("\r\n\r\n"));
  if (!answer.startsWith("HTTP/1.1 101 ")) throw new Error(`no websocket: ${answer}`);
  return connection;
}

/** A frame as clients send it, up to 65 535 bytes; its mask is nothing but zeros. */
export function maskedFrame(kind: number, payload: string | Uint8Array): Uint8Array {
  const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
  return new Uint8Array([kind, 0xfe, bytes.length >> 8, bytes.length & 0xff, 0, 0, 0, 0, ...bytes]);
}
