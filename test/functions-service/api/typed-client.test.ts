import { Validator } from "@seriousme/openapi-schema-validator";
import { copyFile, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { OPERATIONS } from "../../../functions-service/api/operations.ts";
import { PROJECT_ROOT, startCommand } from "../../support/fmesh.ts";
import type { Exercise } from "./fixtures/exercise.ts";
import { ScriptedDeployer } from "../scripted-deployer.ts";
import { FUNCTIONS, useApi } from "./use-api.ts";

interface Document {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, Answer>> }>>>
  >;
}
/** Headers that not every answer has. */
const SOMETIMES = ["Link", "Preference-Applied"];

interface Answer {
  readonly content?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, unknown>>;
}

test("the document is valid OpenAPI 3.1, and lists every operation once", async () => {
  const api = await useApi();
  const document = await api.json<Document>("GET", `${FUNCTIONS}/openapi.json`);
  const validator = new Validator();
  expect(await validator.validate({ ...document })).toEqual({ valid: true });
  expect(validator.version).toBe("3.1");
  const listed = Object.values(document.paths).flatMap((path) => Object.keys(path));
  expect(listed).toHaveLength(OPERATIONS.length);
  expect(new Set(OPERATIONS.map(({ id }) => id)).size).toBe(OPERATIONS.length);
});

test(
  "a client generated from the document does all that the API does, and gets what the document says",
  { timeout: 60_000 },
  async () => {
    const deployer = new ScriptedDeployer();
    const about = { project: "shop", label: "hello", home: "local", state: "ready", traffic: { 2: 100 } } as const;
    deployer.deployed.set("hello", { ...about, versions: [{ version: 2, state: "ready", image: "sha256:ab" }] });
    deployer.lines = [{ version: 2, instance: "hello-1", at: "2026-01-31T12:00:00.000Z", text: "hello" }];
    const api = await useApi({
      call: (service, name, params) =>
        service === "deployer" ? deployer.answer(name, params) : { service, name, params },
    });
    const document = await api.json<Document>("GET", `${FUNCTIONS}/openapi.json`);
    const folder = await generateClient(document);
    // What was generated is known only now.
    const { exercise } = (await import(join(folder, "typed-client.mts"))) as { exercise: Exercise };

    const seen = new Set<string>();
    const surprises: string[] = [];
    const seenThrough = async (request: Request): Promise<Response> => {
      const response = await api.fetch(request);
      const { id, answers } = operationOf(document, request);
      seen.add(id);
      // What nobody works on here was handed over all the same.
      if (id.includes("/deploy/"))
        await api.store.functions.handOver("shop", request.url.split("/").at(-1)?.split("?")[0] ?? "");
      const known = answers[response.status];
      const type = response.headers.get("Content-Type")?.split(";")[0];
      if (known === undefined) surprises.push(`${id}: ${response.status}`);
      else if (type !== undefined && known.content?.[type] === undefined)
        surprises.push(`${id}: ${response.status} as ${type}`);
      for (const name of Object.keys(known?.headers ?? {})) {
        if (!SOMETIMES.includes(name) && !response.headers.has(name)) surprises.push(`${id}: no ${name}`);
      }
      return response;
    };
    const steps = await exercise(seenThrough);
    expect(surprises).toEqual([]);
    expect([...seen].sort()).toEqual(OPERATIONS.map(({ method, path }) => `${method} ${path}`).sort());
    expect(Object.fromEntries(steps)).toEqual({
      build: 202,
      "build: such a version": 404,
      "build: wait for it": 202,
      "cancel job": 200,
      create: 201,
      "create event": 201,
      "create event: no source": 400,
      "create: label taken": 409,
      "create: no handler": 400,
      "create: no such runtime": 400,
      delete: 204,
      "delete event": 204,
      "delete event: again": 404,
      "delete: again": 404,
      deploy: 202,
      "deploy: otherwise": 409,
      "deploy: too much": 400,
      "cancel deployment": 200,
      deployment: 200,
      "deployment: none": 404,
      "list deployments": 200,
      logs: 200,
      "logs as text": 200,
      "logs: without an end": 400,
      undeploy: 204,
      "undeploy: while it is deployed": 409,
      "end event": 200,
      "end event: no status": 400,
      "end event: otherwise": 409,
      get: 200,
      "get job": 200,
      "get event": 200,
      "get: nobody": 404,
      invoke: 200,
      "invoke with query": 200,
      list: 200,
      "list events": 200,
      "list jobs": 200,
      "list: no limit": 400,
      metrics: 200,
      promote: 200,
      rollback: 200,
      "rollback: no further": 409,
      "stream events": 200,
      "stream events: until": 400,
      "summarize events": 200,
      traffic: 200,
      "traffic: 50 percent": 400,
      update: 200,
      "update: changed since": 412,
      "update: nobody": 404,
      version: 200,
      "version: not there": 404,
      versions: 200,
    });
  },
);

/** Types of the document, beside a client that is written with them and has been checked against them. */
async function generateClient(document: Document): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "fmesh-typed-client-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "openapi.json"), JSON.stringify(document));
  await symlink(join(PROJECT_ROOT, "node_modules"), join(folder, "node_modules"));
  const fixtures = join(import.meta.dirname, "fixtures");
  for (const file of ["typed-client.mts", "exercise.ts"]) await copyFile(join(fixtures, file), join(folder, file));
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(STRICT));
  // A member with a default may be left out of what is sent.
  const options = ["-o", join(folder, "schema.ts"), "--default-non-nullable", "false"];
  const generator = ["node_modules/openapi-typescript/bin/cli.js", join(folder, "openapi.json"), ...options];
  await run([process.execPath, "--preload", join(fixtures, "typescript-5.ts"), ...generator]);
  await run([process.execPath, "node_modules/typescript/bin/tsc", "-p", folder]);
  return folder;
}

const STRICT = {
  compilerOptions: {
    target: "ESNext",
    module: "Preserve",
    moduleResolution: "bundler",
    lib: ["ESNext", "DOM"],
    types: [],
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    noEmit: true,
  },
  include: ["*.mts", "*.ts"],
};

async function run(command: readonly string[]): Promise<void> {
  const running = startCommand(command);
  expect([await running.exited, running.output()]).toEqual([0, expect.any(String)]);
}

function operationOf(
  { paths }: Document,
  { method, url }: Request,
): { id: string; answers: Readonly<Record<string, Answer>> } {
  const parts = new URL(url).pathname.split("/");
  const fits = (path: string): boolean => {
    const wanted = path.split("/");
    return wanted.length === parts.length && wanted.every((part, at) => part.startsWith("{") || part === parts[at]);
  };
  // The one with the fewest parts left open, as OpenAPI has it.
  const [path = ""] = Object.keys(paths)
    .filter(fits)
    .sort((a, b) => a.split("{").length - b.split("{").length);
  const name = method.toLowerCase();
  const operation = paths[path]?.[name];
  if (operation === undefined) throw new Error(`${method} ${url} is not in the document`);
  return { id: `${name} ${path}`, answers: operation.responses };
}
