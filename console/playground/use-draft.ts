import { useRouter } from "@tanstack/react-router";
import { useEffect, useEffectEvent, useState } from "react";
import { type Draft, draftOf, searchOf } from "./draft.ts";
import { playgroundRoute } from "./routes.ts";
import { type PlaygroundSearch, parsePlaygroundSearch } from "./search.ts";

/** So long after the last key the address follows. */
const FOLLOWS_AFTER_MS = 300;

/** The call that is being written: as the address says at first, and from then on the address follows. */
export function useDraft(
  search: PlaygroundSearch,
  body: string,
): { readonly draft: Draft; readonly change: (part: Partial<Draft>) => void } {
  const [draft, setDraft] = useState(() => draftOf(search, body));
  const navigate = playgroundRoute.useNavigate();
  const router = useRouter();
  const [page] = useState(() => router.latestLocation.pathname);
  const follow = useEffectEvent((next: Draft) => {
    // Whoever is on the way to another page would be called back.
    if (router.latestLocation.pathname !== page) return;
    void navigate({ search: parsePlaygroundSearch({ ...searchOf(next) }), replace: true, resetScroll: false });
  });
  useEffect(() => {
    const timer = setTimeout(() => follow(draft), FOLLOWS_AFTER_MS);
    return () => clearTimeout(timer);
  }, [draft]);
  return { draft, change: (part) => setDraft((before) => ({ ...before, ...part })) };
}
