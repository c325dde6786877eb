import type { ReactNode } from "react";
import { SkeletonLines } from "../../ui/skeleton.tsx";
import type { FunctionTabProps } from "../function-tabs.tsx";

/** What a function is besides its code. */
export function SettingsTab({ fn }: FunctionTabProps): ReactNode {
  return <SkeletonLines label={fn.label} />;
}
