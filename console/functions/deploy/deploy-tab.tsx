import type { ReactNode } from "react";
import type { StoredFunction } from "../../../mesh/function.ts";
import { SkeletonLines } from "../../ui/skeleton.tsx";

/** Brings a version to where it runs. */
export function DeployTab({ fn }: { readonly project: string; readonly fn: StoredFunction }): ReactNode {
  return <SkeletonLines key={fn.id} />;
}
