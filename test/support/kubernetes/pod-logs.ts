/** A line of a container. */
export interface LogLine {
  /** RFC 3339 with nanoseconds, as the container runtime stamps it. */
  readonly at: string;
  readonly text: string;
}

interface PodName {
  readonly namespace?: string;
  readonly name: string;
}

class ContainerLog {
  readonly lines: LogLine[] = [];
  readonly listeners = new Set<() => void>();
  isEnded = false;

  tell(): void {
    for (const listener of [...this.listeners]) listener();
  }
}

/** What the containers of pods wrote. */
export class PodLogs {
  readonly #logs = new Map<string, ContainerLog>();
  readonly #previous = new Map<string, ContainerLog>();
  #lastMs = 0;
  #within = 0;

  /** A container writes a line; the stamps of two lines are never the same, unless `at` says so. */
  write(pod: PodName, text: string, at: string = this.#now()): LogLine {
    const line = { at, text };
    const log = this.#of(pod);
    log.lines.push(line);
    log.tell();
    return line;
  }

  /** The container of a pod ends; what it wrote so far becomes the log of the one before. */
  restart(pod: PodName): void {
    this.end(pod);
    const ended = this.#logs.get(keyOf(pod));
    if (ended !== undefined) this.#previous.set(keyOf(pod), ended);
    this.#logs.delete(keyOf(pod));
  }

  /** It writes no more. */
  end(pod: PodName): void {
    const log = this.#of(pod);
    log.isEnded = true;
    log.tell();
  }

  read(pod: PodName, isPrevious: boolean): readonly LogLine[] {
    return isPrevious ? (this.#previous.get(keyOf(pod))?.lines ?? []) : this.#of(pod).lines;
  }

  /** Calls back for every line from the given one on, and when there are no more. Returns how to stop that. */
  follow(pod: PodName, from: number, listener: { line(line: LogLine): void; end(): void }): () => void {
    const log = this.#of(pod);
    let next = from;
    const go = (): void => {
      for (; next < log.lines.length; next++) {
        const line = log.lines[next];
        if (line !== undefined) listener.line(line);
      }
      if (!log.isEnded) return;
      stop();
      listener.end();
    };
    const stop = (): void => void log.listeners.delete(go);
    log.listeners.add(go);
    go();
    return stop;
  }

  #of(pod: PodName): ContainerLog {
    const log = this.#logs.get(keyOf(pod)) ?? new ContainerLog();
    this.#logs.set(keyOf(pod), log);
    return log;
  }

  #now(): string {
    const ms = Date.now();
    this.#within = ms === this.#lastMs ? this.#within + 1 : 0;
    this.#lastMs = ms;
    return new Date(ms).toISOString().replace("Z", `${String(this.#within).padStart(6, "0")}Z`);
  }
}

function keyOf({ namespace = "", name }: PodName): string {
  return `${namespace}/${name}`;
}
