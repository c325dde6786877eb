import type { ReactNode } from "react";
import { SkeletonLines } from "../../ui/skeleton.tsx";
import type { FunctionTabProps } from "../function-tabs.tsx";

/** Calls a function. */
export function InvokeTab({ fn }: FunctionTabProps): ReactNode {
  return <SkeletonLines label={fn.label} />;
}
