import * as v from "valibot";
import { MeshError } from "../../mesh/errors.ts";
import { existingFunction } from "./functions.ts";
import { type Operation, operation } from "./operation.ts";
import { PAGE_HEADERS, pageQuery, pageResponse, toPageRequest } from "./paging.ts";
import { builtVersionSchema, functionParams, functionVersionSchema } from "./schemas.ts";

const PATH = "/api/v1/functions/{id}/versions";

const versionParams = v.object({
  ...functionParams.entries,
  version: v.pipe(v.string(), v.regex(/^[1-9]\d{0,8}$/), v.transform(Number), v.number(), v.integer(), v.minValue(1)),
});

export const VERSION_OPERATIONS: readonly Operation[] = [
  operation(
    {
      id: "listVersions",
      tag: "versions",
      method: "get",
      path: PATH,
      summary: "Lists the versions of a function, newest first",
      description: "Up to 100 at once when no `limit` is given.",
      params: functionParams,
      query: v.strictObject(pageQuery),
      success: {
        status: 200,
        description: "The versions",
        body: v.array(functionVersionSchema),
        headers: PAGE_HEADERS,
      },
      refusals: [404],
    },
    async ({ params: { id }, query, url }, parts) => {
      await existingFunction(id, parts);
      return pageResponse(await parts.store.functions.versions(parts.project, id, toPageRequest(query, 100)), url);
    },
  ),
  operation(
    {
      id: "getVersion",
      tag: "versions",
      method: "get",
      path: `${PATH}/{version}`,
      summary: "Shows one version of a function, and its image",
      params: versionParams,
      success: { status: 200, description: "The version", body: builtVersionSchema },
      refusals: [404],
    },
    async ({ params: { id, version } }, parts) => {
      const { store, project } = parts;
      const [found, image] = await Promise.all([
        store.functions.version(project, id, version),
        store.jobs.image(project, id, version),
      ]);
      if (found !== undefined) return Response.json({ ...found, image });
      await existingFunction(id, parts);
      throw new MeshError("function_not_found", `function "${id}" has no version ${version}`);
    },
  ),
];
