/**
 * A message on its way, as a view of the bytes it arrived in: nothing is copied until it is delivered.
 *
 * One object serves a whole connection and is filled anew for each message, so nobody may keep it.
 * From the subject's end on the bytes are canonical (single spaces, CRLF): they are also the end of what a
 * subscriber receives, and are passed on in one copy.
 */
export class Publication {
  /** The bytes all offsets count in. */
  source: Buffer = Buffer.alloc(0);
  /** One character per byte: it may hold any encoding and comes back out as it went in. */
  subject = "";
  subjectStart = 0;
  subjectEnd = 0;
  replyStart = 0;
  /** Equal to `replyStart` when no reply is asked for. */
  replyEnd = 0;
  /** Whether it was sent by HPUB. */
  hasHeaders = false;
  /** Bytes of the headers. */
  headerBytes = 0;
  /** Bytes of headers and payload. */
  totalBytes = 0;
  /** Where headers and payload begin. */
  bodyStart = 0;
  /** After the CRLF that closes the message. */
  end = 0;

  get wantsReply(): boolean {
    return this.replyEnd > this.replyStart;
  }

  get reply(): string {
    return this.source.toString("latin1", this.replyStart, this.replyEnd);
  }
}
