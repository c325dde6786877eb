import type { ReactNode } from "react";
import { Page } from "../ui/page.tsx";
import { SkeletonLines } from "../ui/skeleton.tsx";

/** Events. */
export function EventsPage(): ReactNode {
  return (
    <Page title="Events">
      <SkeletonLines />
    </Page>
  );
}
