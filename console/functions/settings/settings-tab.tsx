import type { ReactNode } from "react";
import type { StoredFunction } from "../../../mesh/function.ts";
import { SkeletonLines } from "../../ui/skeleton.tsx";

/** What a function is given when it runs. */
export function SettingsTab({ fn }: { readonly project: string; readonly fn: StoredFunction }): ReactNode {
  return <SkeletonLines key={fn.id} />;
}
