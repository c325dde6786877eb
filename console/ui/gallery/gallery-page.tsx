import type { ReactNode } from "react";
import { Page } from "../page.tsx";

/** Every component there is. */
export function GalleryPage(): ReactNode {
  return <Page title="Components">…</Page>;
}
