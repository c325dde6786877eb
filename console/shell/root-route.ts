import { createRootRoute } from "@tanstack/react-router";
import { Frame } from "./frame.tsx";
import { NotFound } from "./not-found.tsx";
import { RouteError } from "./route-error.tsx";

/** Above all pages: the frame around them. Each page's routes have it for a parent. */
export const rootRoute = createRootRoute({
  component: Frame,
  notFoundComponent: NotFound,
  errorComponent: RouteError,
});
