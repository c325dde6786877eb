import type { Credentials } from "../auth.ts";
import { ProtocolViolation, VIOLATIONS } from "./violation.ts";

/** What a client asks for in CONNECT. */
export interface ConnectOptions {
  /** Wants `+OK` for each operation. */
  readonly verbose: boolean;
  /** Wants its subjects checked. */
  readonly pedantic: boolean;
  /** Whether it gets its own messages. */
  readonly echo: boolean;
  readonly headers: boolean;
  /** Wants to be told when nobody subscribes to what it requests. */
  readonly noResponders: boolean;
  /** Whether it understands an INFO that comes later. */
  readonly takesUpdates: boolean;
  /** What it calls itself, for logs. */
  readonly name: string | undefined;
}

/** What holds for a client that has not said CONNECT, as in a hand-typed session. */
export const BEFORE_CONNECT: ConnectOptions = {
  verbose: true,
  pedantic: true,
  echo: true,
  headers: false,
  noResponders: false,
  takesUpdates: false,
  name: undefined,
};

/** @throws ProtocolViolation when it is not a JSON object. */
export function parseConnect(json: string): { options: ConnectOptions; credentials: Credentials } {
  const given = parseObject(json);
  return {
    options: {
      verbose: flag(given.verbose, BEFORE_CONNECT.verbose),
      pedantic: flag(given.pedantic, BEFORE_CONNECT.pedantic),
      echo: flag(given.echo, BEFORE_CONNECT.echo),
      headers: flag(given.headers, BEFORE_CONNECT.headers),
      noResponders: flag(given.no_responders, BEFORE_CONNECT.noResponders),
      takesUpdates: typeof given.protocol === "number" && given.protocol >= 1,
      name: text(given.name),
    },
    credentials: { token: text(given.auth_token), user: text(given.user), password: text(given.pass) },
  };
}

function parseObject(json: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new ProtocolViolation(VIOLATIONS.unknownOperation, { cause: error });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new ProtocolViolation(VIOLATIONS.unknownOperation);
  // Its fields are unknown until each was looked at.
  return value as Record<string, unknown>;
}

function flag(value: unknown, otherwise: boolean): boolean {
  return typeof value === "boolean" ? value : otherwise;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
