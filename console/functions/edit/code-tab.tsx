import type { ReactNode } from "react";
import { SkeletonLines } from "../../ui/skeleton.tsx";
import type { FunctionTabProps } from "../function-tabs.tsx";

/** The code of a function, to be changed. */
export function CodeTab({ fn }: FunctionTabProps): ReactNode {
  return <SkeletonLines label={fn.label} />;
}
