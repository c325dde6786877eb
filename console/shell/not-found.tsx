import { Link } from "@tanstack/react-router";
import { Compass } from "lucide-react";
import type { ReactNode } from "react";
import { buttonClass } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Page } from "../ui/page.tsx";

/** For an address that leads nowhere. */
export function NotFound(): ReactNode {
  return (
    <Page title="Not found">
      <EmptyState
        icon={<Compass aria-hidden="true" />}
        title="There is no such page"
        actions={
          <Link to="/mesh" className={buttonClass({ variant: "primary" })}>
            To the mesh
          </Link>
        }
      >
        The address may have been cut off, or what it named is gone.
      </EmptyState>
    </Page>
  );
}
