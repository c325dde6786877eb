import type { ReactNode } from "react";
import { Page } from "../ui/page.tsx";
import { SkeletonLines } from "../ui/skeleton.tsx";

/** Function. */
export function FunctionPage(): ReactNode {
  return (
    <Page title="Function">
      <SkeletonLines />
    </Page>
  );
}
