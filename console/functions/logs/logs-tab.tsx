import type { ReactNode } from "react";
import { SkeletonLines } from "../../ui/skeleton.tsx";
import type { FunctionTabProps } from "../function-tabs.tsx";

/** What a function's instances write. */
export function LogsTab({ fn }: FunctionTabProps): ReactNode {
  return <SkeletonLines label={fn.label} />;
}
