import { type HistoryState, type ParsedLocation, useElementScrollRestoration } from "@tanstack/react-router";
import { useState } from "react";
import type { EventsSearch } from "./search.ts";

declare module "@tanstack/react-router" {
  interface HistoryState {
    /** Of the page of an event: the place of the list that it was opened from. */
    readonly list?: string | undefined;
    /** Of a list that a link leads back to: the place that it was in before. */
    readonly place?: string | undefined;
  }
}

/** What tells places in the history of the browser apart; a list that a link leads back to is where it was. */
export function placeOf({ state, href }: Pick<ParsedLocation, "state" | "href">): string {
  return keyOf(state) ?? href;
}

/** For links from a list to what is in it: its page can lead back to where one was. */
export function fromList(state: ParsedLocation["state"]): HistoryState {
  return { list: keyOf(state) };
}

/** For links from one page of a list to another one. */
export function withinList({ list }: HistoryState): HistoryState {
  return { list };
}

/** For links from such a page back to its list. */
export function toList({ list }: HistoryState): HistoryState {
  return { place: list };
}

/**
 * How far down somebody was in a list before they left it, in pixels; 0 for a new one.
 * @param id of the element that scrolls
 * @param search what the list is asked for: another search is another list
 */
export function usePlaceInList(id: string, search: EventsSearch): number {
  const left = useElementScrollRestoration({ id, getKey: placeOf })?.scrollY ?? 0;
  // Only how it begins counts: from then on it is scrolled.
  const [place, setPlace] = useState({ search, top: left });
  if (place.search === search) return place.top;
  setPlace({ search, top: left });
  return left;
}

function keyOf(state: ParsedLocation["state"]): string | undefined {
  // oxlint-disable-next-line no-underscore-dangle -- the router's own name
  return state.place ?? state.__TSR_key;
}
