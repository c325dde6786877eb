import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { rootRoute } from "./root-route.ts";

/** The console's own address: leads to the mesh. */
export const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  beforeLoad: () => {
    redirect({ to: "/mesh", replace: true, throw: true });
  },
});

/** Set by Vite. */
declare const HAS_GALLERY: boolean;

/** Every component there is, for those who build pages: while developing, and in a build of the mode `gallery`. */
export const galleryRoutes = HAS_GALLERY
  ? [
      createRoute({
        getParentRoute: () => rootRoute,
        path: "/ui",
        component: lazyRouteComponent(() => import("../ui/gallery/gallery-page.tsx"), "GalleryPage"),
      }),
    ]
  : [];
