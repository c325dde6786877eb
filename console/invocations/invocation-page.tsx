import type { ReactNode } from "react";
import { Page } from "../ui/page.tsx";
import { SkeletonLines } from "../ui/skeleton.tsx";

/** Invocation. */
export function InvocationPage(): ReactNode {
  return (
    <Page title="Invocation">
      <SkeletonLines />
    </Page>
  );
}
