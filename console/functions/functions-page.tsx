import type { ReactNode } from "react";
import { Page } from "../ui/page.tsx";
import { SkeletonLines } from "../ui/skeleton.tsx";

/** Functions. */
export function FunctionsPage(): ReactNode {
  return (
    <Page title="Functions">
      <SkeletonLines />
    </Page>
  );
}
