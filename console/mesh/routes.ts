import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "../shell/root-route.ts";
import { parseMeshSearch } from "./search.ts";

/** Mesh: `/mesh`. */
export const meshRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/mesh",
  validateSearch: parseMeshSearch,
  component: lazyRouteComponent(() => import("./mesh-page.tsx"), "MeshPage"),
});

/** All of them. A page that is added belongs here, too. */
export const meshRoutes = [meshRoute] as const;
