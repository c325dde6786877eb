import { dirname, join } from "node:path";
import type { SwaggerAssets } from "../api/swagger-ui.ts";

/** Swagger UI from the installed package; read when it is asked for. */
export const installedSwaggerAssets: SwaggerAssets = (name) => {
  const folder = dirname(Bun.resolveSync("swagger-ui-dist/package.json", import.meta.dirname));
  return Bun.file(join(folder, name)).bytes();
};
