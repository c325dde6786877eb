import type { StoredEvent } from "../../mesh/event.ts";
import { Failure } from "../failure.ts";
import { formatMs } from "../services/format.ts";
import { AlignedLines } from "../terminal/aligned-lines.ts";
import { clock } from "../terminal/clock.ts";
import { printable } from "../terminal/printable.ts";
import type { Style } from "../terminal/style.ts";

/** What happened to an event, as far as people at terminals want to know: a CloudEvent. */
export interface ToldEvent {
  /** When it began, or ended. */
  readonly time: string;
  readonly data: Pick<StoredEvent, "id" | "type" | "status" | "source"> & Partial<StoredEvent>;
}

/** Reads a CloudEvent, which is trusted to be one. @throws Failure for what is no JSON. */
export function readToldEvent(text: string): ToldEvent {
  try {
    return JSON.parse(text) as ToldEvent;
  } catch (cause) {
    throw new Failure("the functions service told of an event that is no JSON; is it one of ours?", { cause });
  }
}

/** Shows what happened to events, a line each. */
export class ToldEvents {
  readonly #style: Style;
  readonly #hasTypes: boolean;
  readonly #lines = new AlignedLines();

  /** @param options.hasTypes whether there are several types, so that lines say which. */
  constructor({ style, hasTypes }: { readonly style: Style; readonly hasTypes: boolean }) {
    this.#style = style;
    this.#hasTypes = hasTypes;
  }

  lineOf({ time, data }: ToldEvent): string {
    const { dim, red } = this.#style;
    const { id, type, status, source, durationMs, error } = data;
    const same = (text: string): string => text;
    const paint = status === "FAILURE" ? red : status === "PENDING" ? dim : same;
    return this.#lines.line([
      { text: clock(time), paint: dim },
      { text: oneLine(status), least: 7, paint },
      { text: durationMs === undefined ? "" : formatMs(durationMs), align: "right", least: 7, paint },
      ...(this.#hasTypes ? [{ text: oneLine(type), paint }] : []),
      { text: oneLine(source), paint },
      { text: oneLine(id), paint: dim },
      { text: error === undefined ? "" : oneLine(`${error.code}: ${error.message}`), paint },
    ]);
  }
}

function oneLine(text: string): string {
  return printable(text).replaceAll(/\s+/g, " ");
}
