/**
 * The lines of a body as they come; what comes after the last line's end is a line as well when the body ends.
 * Of a line that is longer than `maxLength` only its beginning stays.
 */
export async function* linesOf(
  body: ReadableStream<Uint8Array>,
  maxLength: number,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of body) {
    const parts = (text + decoder.decode(piece, { stream: true })).split("\n");
    text = (parts.pop() ?? "").slice(0, maxLength);
    for (const line of parts) yield line.slice(0, maxLength);
  }
  text += decoder.decode();
  if (text !== "") yield text;
}
