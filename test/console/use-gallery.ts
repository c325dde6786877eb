import { afterAll, beforeAll } from "vitest";
import { type BuiltConsole, buildConsole } from "./built-console.ts";
import { type ServedConsole, serveConsole } from "./served-console.ts";

/** Signs in whoever opens the gallery. */
const GALLERY = "/ui#code=c0d3";

/**
 * Serves a console with a gallery, and without a mesh, from before the tests of a file until they are over.
 * @returns the address of a page: of the gallery, or of a path below the console's own
 */
export function useGallery(): (path?: string) => string {
  let built: BuiltConsole | undefined;
  let served: ServedConsole | undefined;
  beforeAll(async () => {
    built = await buildConsole("gallery");
    served = serveConsole(built.folder);
  }, 120_000);
  afterAll(async () => {
    await served?.stop();
    await built?.remove();
  });
  return (path = GALLERY) => {
    if (served === undefined) throw new Error("the gallery is not served; see the error of beforeAll");
    return `${served.url}/console${path}`;
  };
}
