import { keptJson } from "../session/kept-json.ts";
import type { PlaygroundSearch } from "./search.ts";

/** A call that was made in this tab. */
export interface PastCall {
  /** When, in milliseconds since 1970; tells it apart, too. */
  readonly at: number;
  readonly status: number;
  readonly tookMs: number;
  /** The call as its address: it holds no token. */
  readonly search: PlaygroundSearch;
}

const MOST = 20;

/** Reads what was stored. What cannot be read is as good as nothing. */
export function readPastCalls(storage: Pick<Storage, "getItem">, project: string): readonly PastCall[] {
  const value = keptJson(storage.getItem(keyOf(project)));
  // Written by this page in this tab.
  return Array.isArray(value) ? (value as PastCall[]) : [];
}

/** The list with one call more, stored for as long as the tab is open. */
export function addPastCall(
  storage: Pick<Storage, "getItem" | "setItem">,
  project: string,
  call: PastCall,
): readonly PastCall[] {
  const calls = [call, ...readPastCalls(storage, project)].slice(0, MOST);
  storage.setItem(keyOf(project), JSON.stringify(calls));
  return calls;
}

function keyOf(project: string): string {
  return `fmesh.playground.${project}`;
}
