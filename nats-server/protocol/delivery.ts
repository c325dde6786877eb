import type { Outbound } from "../outbound.ts";
import type { Publication } from "./publication.ts";

/**
 * Writes `MSG` or `HMSG` for one subscriber. What follows the subject in the publication is, byte for byte, what
 * follows the sid in the delivery: the message is two copies, whatever its size. False when nothing can be sent.
 */
export function writeDelivery(outbound: Outbound, publication: Publication, sidField: string): boolean {
  const { source, subjectStart, subjectEnd, end, hasHeaders } = publication;
  const operation = hasHeaders ? "HMSG " : "MSG ";
  const subjectBytes = subjectEnd - subjectStart;
  const chunk = outbound.claim(operation.length + subjectBytes + sidField.length + end - subjectEnd);
  if (chunk === undefined) return false;
  const { bytes } = chunk;
  const tail = chunk.end - (end - subjectEnd);
  const sid = tail - sidField.length;
  bytes.write(operation, sid - subjectBytes - operation.length, "latin1");
  source.copy(bytes, sid - subjectBytes, subjectStart, subjectEnd);
  bytes.write(sidField, sid, "latin1");
  source.copy(bytes, tail, subjectEnd, end);
  return true;
}

/** Writes `MSG` with the payload alone, for a subscriber that cannot read headers. */
export function writeWithoutHeaders(outbound: Outbound, publication: Publication, sidField: string): boolean {
  const { source, bodyStart, end, headerBytes, totalBytes } = publication;
  const reply = publication.wantsReply ? ` ${publication.reply}` : "";
  const line = `MSG ${publication.subject}${sidField}${reply} ${totalBytes - headerBytes}\r\n`;
  const bodyBytes = end - bodyStart - headerBytes;
  const chunk = outbound.claim(line.length + bodyBytes);
  if (chunk === undefined) return false;
  chunk.bytes.write(line, chunk.end - bodyBytes - line.length, "latin1");
  source.copy(chunk.bytes, chunk.end - bodyBytes, bodyStart + headerBytes, end);
  return true;
}
