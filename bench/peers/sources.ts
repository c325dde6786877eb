/** What is streamed, here and there. */
const CHUNK = new Uint8Array(64 * 1024).fill(120);

/** So many bytes in chunks. */
export async function* chunks(bytes: number): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let sent = 0; sent < bytes; sent += CHUNK.length) yield CHUNK;
}

/** So many small values. */
export async function* items(count: number): AsyncGenerator<{ number: number; name: string }> {
  for (let number = 0; number < count; number++) yield { number, name: "an item of some size" };
}

/** The same as lines of JSON. */
export async function* lines(count: number): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  for await (const item of items(count)) yield encoder.encode(`${JSON.stringify(item)}\n`);
}
