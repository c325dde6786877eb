import type { ReactNode } from "react";
import { Page } from "../ui/page.tsx";
import { SkeletonLines } from "../ui/skeleton.tsx";

/** Mesh. */
export function MeshPage(): ReactNode {
  return (
    <Page title="Mesh">
      <SkeletonLines />
    </Page>
  );
}
