import type { ReactNode } from "react";
import { Page } from "../ui/page.tsx";
import { SkeletonLines } from "../ui/skeleton.tsx";

/** Invocations. */
export function InvocationsPage(): ReactNode {
  return (
    <Page title="Invocations">
      <SkeletonLines />
    </Page>
  );
}
