import type { ReactNode } from "react";
import { Page } from "../ui/page.tsx";
import { SkeletonLines } from "../ui/skeleton.tsx";

/** Service. */
export function ServicePage(): ReactNode {
  return (
    <Page title="Service">
      <SkeletonLines />
    </Page>
  );
}
