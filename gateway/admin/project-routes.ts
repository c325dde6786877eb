import { Hono } from "hono";
import * as v from "valibot";
import type { AdminParts } from "../admin.ts";
import type { ProjectConfig } from "../config.ts";
import { type Plain, isPlain } from "../config/own-value.ts";
import { maySee } from "./administrator.ts";
import { answer } from "./answer.ts";
import { explainCall, explainRequestSchema } from "./explain-call.ts";
import { findingsOf } from "./configuration.ts";
import { findProject } from "./find-project.ts";
import { ifMatch, mustChange, readJson, whoAsks } from "./request.ts";
import { shownProject } from "./shown-project.ts";

/** Services by their names, each of which counts: the library's records leave some out. */
const services = v.pipe(
  v.custom<Readonly<Record<string, Plain>>>(isPlain, "must be services by their names"),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    for (const [key, value] of Object.entries<unknown>(dataset.value)) {
      if (isPlain(value)) continue;
      const path: [v.ObjectPathItem] = [{ type: "object", origin: "value", input: dataset.value, key, value }];
      addIssue({ message: "must be a service: { functions: { … } }", path });
    }
  }),
);

/** Projects: what may be called by whom, changing that, and why a call would be let through or refused. */
export function projectRoutes({ auth, configuration, now }: AdminParts): Hono {
  const app = new Hono();
  const adviceOn = (project: ProjectConfig): readonly string[] =>
    configuration.advice({ ...configuration.inForce, projects: [project], admin: { users: [] }, warnings: [] });
  app.get("/v1/admin/projects", async (c) => {
    const who = await whoAsks(c, auth);
    const projects = configuration.inForce.projects
      .filter(({ id }) => maySee(who, id))
      .map((project) => shownProject(project, adviceOn(project)));
    const etag = await configuration.etag();
    const canSave = who.role === "admin" && configuration.canSave;
    return answer(c, { projects, etag, canSave, follows: configuration.inForce.gateway.follow }, etag);
  });
  app.put("/v1/admin/projects/:id/services", async (c) => {
    const who = await whoAsks(c, auth);
    mustChange(who);
    const { id } = findProject(configuration.inForce, who, c.req.param("id"));
    const etag = ifMatch(c);
    const wanted = withoutWords(await readJson(c.req.raw, services));
    const saved = await configuration.changeProject(id, { services: wanted }, { etag, by: who.user });
    // What is to be known of other projects is for those who may see them.
    const { warnings, advice } =
      who.projects === undefined
        ? saved
        : { warnings: [], advice: adviceOn(findProject(configuration.inForce, who, id)) };
    return answer(c, { etag: saved.etag, warnings, advice }, saved.etag);
  });
  app.post("/v1/admin/projects/:id/services/check", async (c) => {
    const who = await whoAsks(c, auth);
    const { id } = findProject(configuration.inForce, who, c.req.param("id"));
    const wanted = withoutWords(await readJson(c.req.raw, services));
    try {
      const tried = await configuration.tryProject(id, { services: wanted });
      // The text holds other projects, too.
      const shown = who.projects === undefined ? tried : { warnings: [], advice: tried.advice.filter(isAbout(id)) };
      return answer(c, { ok: true, problems: [], ...shown });
    } catch (error) {
      return answer(c, { ok: false, problems: findingsOf(error), warnings: [], advice: [] });
    }
  });
  app.post("/v1/admin/projects/:id/explain", async (c) => {
    const project = findProject(configuration.inForce, await whoAsks(c, auth), c.req.param("id"));
    const question = await readJson(c.req.raw, explainRequestSchema);
    return answer(c, await explainCall(question, { project, config: configuration.inForce, now }));
  });
  return app;
}

/** Whether a line of advice is about this project. */
function isAbout(id: string): (line: string) => boolean {
  return (line) => line.startsWith(`project "${id}"`);
}

/** The words that answers add to rules may come back. */
function withoutWords(given: Readonly<Record<string, Plain>>): Plain {
  const entries = Object.entries(given).map(([name, service]) => {
    const { functions } = service;
    if (!isPlain(functions)) return [name, service];
    const own = Object.entries(functions).map(([key, entry]) => {
      if (!isPlain(entry)) return [key, entry];
      const { words: _, ...rest } = entry;
      return [key, rest];
    });
    return [name, { ...service, functions: Object.fromEntries(own) as Plain }];
  });
  return Object.fromEntries(entries) as Plain;
}
