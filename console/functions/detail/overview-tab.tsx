import type { ReactNode } from "react";
import { SkeletonLines } from "../../ui/skeleton.tsx";
import type { FunctionTabProps } from "../function-tabs.tsx";

/** How a function stands, and what to do next. */
export function OverviewTab({ fn }: FunctionTabProps): ReactNode {
  return <SkeletonLines label={fn.label} />;
}
