import { CSPProvider } from "@base-ui/react/csp-provider";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { type ReactNode, useMemo, useState } from "react";
import { ApiProvider } from "./api/api-context.tsx";
import { createApis } from "./api/apis.ts";
import { createQueryClient } from "./api/query-client.ts";
import { router } from "./routes.tsx";
import { SessionProvider, useSessionState } from "./session/session-context.tsx";
import type { SessionStore } from "./session/session-store.ts";
import { SignIn } from "./shell/sign-in.tsx";
import { cspNonce } from "./ui/csp-nonce.ts";
import { ToastProvider } from "./ui/toast.tsx";

/** The console: the sign-in, or the pages for whoever is signed in. */
export function App({ session }: { readonly session: SessionStore }): ReactNode {
  return (
    <CSPProvider nonce={cspNonce()}>
      <SessionProvider store={session}>
        <Gate session={session} />
      </SessionProvider>
    </CSPProvider>
  );
}

function Gate({ session }: { readonly session: SessionStore }): ReactNode {
  const state = useSessionState();
  if (state.status !== "signed in") return <SignIn />;
  // Whoever signs in next sees nothing of what was held for the one before.
  return <SignedIn key={state.turn} session={session} />;
}

function SignedIn({ session }: { readonly session: SessionStore }): ReactNode {
  const [queryClient] = useState(createQueryClient);
  const apis = useMemo(
    () =>
      createApis({
        fetch: (url, init) => fetch(url, init),
        token: session.token,
        onSignedOut: () => session.signOut("refused"),
      }),
    [session],
  );
  return (
    <ApiProvider apis={apis}>
      <QueryClientProvider client={queryClient}>
        <ToastProvider>
          <RouterProvider router={router} />
        </ToastProvider>
      </QueryClientProvider>
    </ApiProvider>
  );
}
