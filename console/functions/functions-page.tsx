import type { ReactNode } from "react";
import { CreatePage } from "./create/create-page.tsx";
import { ListPage } from "./list/list-page.tsx";
import { functionsRoute } from "./routes.ts";

/** The functions of a project, or a new one, as the address says. */
export function FunctionsPage(): ReactNode {
  const { create } = functionsRoute.useSearch();
  return create === undefined ? <ListPage /> : <CreatePage />;
}
