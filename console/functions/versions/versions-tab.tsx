import type { ReactNode } from "react";
import type { StoredFunction } from "../../../mesh/function.ts";
import { SkeletonLines } from "../../ui/skeleton.tsx";

/** The versions of a function, and which of them calls go to. */
export function VersionsTab({ fn }: { readonly project: string; readonly fn: StoredFunction }): ReactNode {
  return <SkeletonLines key={fn.id} />;
}
