import type { ReactNode } from "react";
import { Page } from "../ui/page.tsx";
import { SkeletonLines } from "../ui/skeleton.tsx";

/** Playground. */
export function PlaygroundPage(): ReactNode {
  return (
    <Page title="Playground">
      <SkeletonLines />
    </Page>
  );
}
