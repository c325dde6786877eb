import type { ReactNode } from "react";
import type { StoredFunction } from "../../../mesh/function.ts";
import { SkeletonLines } from "../../ui/skeleton.tsx";

/** Calls a function. */
export function InvokeTab({ fn }: { readonly project: string; readonly fn: StoredFunction }): ReactNode {
  return <SkeletonLines key={fn.id} />;
}
