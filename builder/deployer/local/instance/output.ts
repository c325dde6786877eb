import type { Readable } from "node:stream";

/** What is longer is cut. */
const MAX_LINE_BYTES = 8 * 1024;
/** What lines may cost: as much at once, and so much in a second. */
const BURST_BYTES = 1024 * 1024;
const BYTES_PER_SECOND = 256 * 1024;
/** A short line costs to keep as well. */
const LINE_BYTES = 128;
/** What is read in a second at most; whoever writes more waits. */
const READ_BYTES_PER_SECOND = 16 * 1024 * 1024;
const WINDOW_MS = 100;
const LAST_LINES = 20;

const LINE_FEED = 0x0a;

/** The lines that a process writes, so many that whoever keeps them has room. */
export class Output {
  readonly #onLine: (text: string) => void;
  readonly #last: string[] = [];
  #budget = BURST_BYTES;
  #refilledAt = performance.now();
  #leftOut = 0;

  constructor(onLine: (text: string) => void) {
    this.#onLine = onLine;
  }

  /** Those that were told last. */
  get lastLines(): readonly string[] {
    return [...this.#last];
  }

  read(stream: Readable): void {
    const splitter = new LineSplitter((line) => this.#line(line));
    let [windowEnd, bytes] = [0, 0];
    stream.on("data", (chunk: Uint8Array) => {
      splitter.push(chunk);
      const now = performance.now();
      if (now > windowEnd) [windowEnd, bytes] = [now + WINDOW_MS, 0];
      bytes += chunk.length;
      if (bytes < (READ_BYTES_PER_SECOND * WINDOW_MS) / 1000) return;
      stream.pause();
      setTimeout(() => stream.resume(), windowEnd - now);
    });
    stream.on("end", () => splitter.end());
    // A pipe that breaks has ended.
    stream.on("error", () => splitter.end());
  }

  /** A line of whoever runs it. */
  say(text: string): void {
    this.#tell(`(${text})`);
  }

  /** Nothing more comes. */
  end(): void {
    this.#tellLeftOut();
  }

  #line(text: string): void {
    const now = performance.now();
    this.#budget = Math.min(BURST_BYTES, this.#budget + ((now - this.#refilledAt) * BYTES_PER_SECOND) / 1000);
    this.#refilledAt = now;
    const cost = text.length + LINE_BYTES;
    // What waits to be told of is told before the next line is.
    if (this.#budget < cost + (this.#leftOut > 0 ? BURST_BYTES / 4 : 0)) {
      this.#leftOut += 1;
      return;
    }
    this.#budget -= cost;
    this.#tellLeftOut();
    this.#tell(text);
  }

  #tellLeftOut(): void {
    if (this.#leftOut === 0) return;
    this.say(`${this.#leftOut} lines are left out: more than ${BYTES_PER_SECOND / 1024} KiB a second`);
    this.#leftOut = 0;
  }

  #tell(text: string): void {
    this.#last.push(text);
    if (this.#last.length > LAST_LINES) this.#last.shift();
    this.#onLine(text);
  }
}

/** Holds no more than one line, and of a long one its beginning. */
class LineSplitter {
  readonly #onLine: (line: string) => void;
  readonly #decoder = new TextDecoder();
  #text = "";
  #length = 0;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Uint8Array): void {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      this.#add(chunk.subarray(start, end));
      this.#flush();
      start = end + 1;
    }
    this.#add(chunk.subarray(start));
  }

  end(): void {
    if (this.#length > 0) this.#flush();
  }

  #add(part: Uint8Array): void {
    const room = Math.max(0, MAX_LINE_BYTES - this.#length);
    this.#text += this.#decoder.decode(part.subarray(0, room), { stream: true });
    this.#length += part.length;
  }

  #flush(): void {
    const text = this.#text + this.#decoder.decode();
    const left = this.#length - MAX_LINE_BYTES;
    [this.#text, this.#length] = ["", 0];
    this.#onLine(left > 0 ? `${text}… (${left} bytes more)` : text.replace(/\r$/, ""));
  }
}
