import { useState } from "react";
import { CALLERS, parseClaims, parseJson } from "./callers.ts";
import type { Entry } from "./services.ts";
import type { TriedCall } from "./use-verdict.ts";

/** A call that somebody wonders about, as it is written. */
export interface Question {
  readonly caller: string;
  /** Of a caller of one's own. */
  readonly claims: string;
  readonly params: string;
  readonly given: Readonly<Record<string, boolean>>;
}

/** The question about an entry. Who asks whom stays from entry to entry; params are those of the entry's example. */
export function useQuestion(
  entry: Entry,
  example: unknown,
): [Question, (question: Question) => void, TriedCall | undefined] {
  const first = example === undefined ? "" : JSON.stringify(example, undefined, 2);
  const [written, setWritten] = useState<Question>();
  const question = written ?? { caller: "user", claims: '{"id":"bob","role":"user"}', params: first, given: {} };
  return [question, setWritten, callOf(entry, question)];
}

/** The call as it is asked about; `undefined` while it is not JSON. */
export function callOf(entry: Entry, { caller, claims, params, given }: Question): TriedCall | undefined {
  const preset = CALLERS.find(({ value }) => value === caller);
  const parsedClaims = caller === "nobody" ? { value: undefined } : parseClaims(preset?.claims ?? claims);
  const parsedParams = parseJson(params);
  if (parsedClaims.error !== undefined || parsedParams.error !== undefined) return undefined;
  return { ...entry, claims: parsedClaims.value, params: parsedParams.value, given };
}
