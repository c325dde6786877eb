import type { ReactNode } from "react";
import type { SessionState } from "../session/session-store.ts";
import { ErrorNotice } from "../ui/error-notice.tsx";
import { Notice } from "../ui/notice.tsx";

/** Why nobody is signed in, unless that goes without saying. */
export function WhySignedOut({
  state: { error, because },
  isByLink,
}: {
  readonly state: Extract<SessionState, { readonly status: "signed out" }>;
  /** Whether a link was tried last, and not a password. */
  readonly isByLink: boolean;
}): ReactNode {
  if (error !== undefined) {
    return <ErrorNotice title={isByLink ? "The link signs nobody in" : "You could not be signed in"} error={error} />;
  }
  switch (because) {
    case "expired":
      return <Notice title="Your session has ended">Sign in again, and you are back where you were.</Notice>;
    case "refused":
      return (
        <Notice title="The gateway does not know your session any more">
          It was started again, or you are no administrator now. Sign in again, and you are back where you were.
        </Notice>
      );
    case undefined:
      return null;
    default:
      return because satisfies never;
  }
}
