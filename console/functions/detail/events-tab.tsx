import type { ReactNode } from "react";
import type { StoredFunction } from "../../../mesh/function.ts";
import { SkeletonLines } from "../../ui/skeleton.tsx";

/** The invocations of a function. */
export function EventsTab({ fn }: { readonly project: string; readonly fn: StoredFunction }): ReactNode {
  return <SkeletonLines key={fn.id} />;
}
