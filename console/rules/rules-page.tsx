import type { ReactNode } from "react";
import { Page } from "../ui/page.tsx";
import { SkeletonLines } from "../ui/skeleton.tsx";

/** Rules. */
export function RulesPage(): ReactNode {
  return (
    <Page title="Rules">
      <SkeletonLines />
    </Page>
  );
}
