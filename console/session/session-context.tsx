import { type ReactNode, createContext, useContext, useMemo, useSyncExternalStore } from "react";
import { type Ability, type Session, may } from "./session.ts";
import type { SessionState, SessionStore } from "./session-store.ts";

const SessionContext = createContext<SessionStore | undefined>(undefined);

/** Gives the session to what is inside. */
export function SessionProvider({
  store,
  children,
}: {
  readonly store: SessionStore;
  readonly children: ReactNode;
}): ReactNode {
  return <SessionContext value={store}>{children}</SessionContext>;
}

/** The store itself: to sign in and out. */
export function useSessionStore(): SessionStore {
  const store = useContext(SessionContext);
  if (store === undefined) throw new Error("there is no SessionProvider around this component");
  return store;
}

/** Where the session stands, also while nobody is signed in. */
export function useSessionState(): SessionState {
  const store = useSessionStore();
  return useSyncExternalStore(store.subscribe, store.getState);
}

/** Who is signed in, and what they may do. */
export interface UsedSession extends Omit<Session, "token"> {
  readonly can: (ability: Ability) => boolean;
  readonly signOut: () => void;
}

/** Who is signed in. Only for what is shown to somebody who is. */
export function useSession(): UsedSession {
  const { signOut } = useSessionStore();
  const state = useSessionState();
  if (state.status !== "signed in") throw new Error("nobody is signed in");
  const { session } = state;
  return useMemo(() => {
    const { token: _, ...visible } = session;
    return { ...visible, can: (ability) => may(session, ability), signOut: () => signOut() };
  }, [session, signOut]);
}
