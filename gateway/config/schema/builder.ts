import * as v from "valibot";
import type { Environment } from "../environment.ts";
import { list, shape } from "./shape.ts";
import { flag, text, variableText, variableUrl, whole } from "./values.ts";

/** Where images are published, and who says that it built them, when a configuration does not say. */
const DEFAULT_REGISTRY = "oci-layout:.fmesh/images";
const DEFAULT_ID = "https://functionsmesh.dev/builder";

const ARCHITECTURES = ["amd64", "arm64"] as const;

/** What the address of a folder begins with. */
export const LAYOUT = "oci-layout:";
const BASE = /^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::\w[\w.-]{0,127}|@sha256:[0-9a-f]{64})$/;

const base = v.pipe(
  text,
  v.regex(BASE, 'must be a repository with a tag or digest, such as "functions-mesh/base:bun-1" or "base@sha256:…"'),
);

/** How functions become images. */
export function builderSchema(env: Environment) {
  const registry = v.pipe(
    variableText(env),
    v.check((value) => value !== LAYOUT, `must name a folder, as in "${LAYOUT}./images"`),
    v.check(isRegistry, `must be "${LAYOUT}<folder>" or a registry such as "registry.example.com/functions"`),
    v.check((value) => !hasLogin(value), "must hold no user and no password: log in with docker login or podman login"),
  );
  const web = { schemes: ["https:", "http:"], example: "https://npm.example.com" };
  const npm = v.pipe(
    shape({
      registry: v.exactOptional(variableUrl(env, web)),
      token: v.exactOptional(variableText(env)),
      ca: v.exactOptional(text),
      proxy: v.exactOptional(variableUrl(env, { ...web, example: "http://proxy.example.com:3128" })),
    }),
    v.forward(
      v.check(
        ({ registry, token }) => token === undefined || registry !== undefined,
        'needs its "registry"; name that, too',
      ),
      ["token"],
    ),
  );
  const settings = shape({
    enabled: v.optional(flag, true),
    registry: v.optional(registry, DEFAULT_REGISTRY),
    plainHttp: v.optional(flag, false),
    ca: v.exactOptional(text),
    architectures: v.exactOptional(
      v.pipe(
        list(v.picklist(ARCHITECTURES, `must be one of ${ARCHITECTURES.join(", ")}`)),
        v.nonEmpty("is empty; name one, or remove the key"),
      ),
    ),
    bases: v.optional(
      shape({
        bun: v.exactOptional(base),
        node: v.exactOptional(base),
        deno: v.exactOptional(base),
        python: v.exactOptional(base),
      }),
      {},
    ),
    signingKey: v.exactOptional(text),
    policy: v.exactOptional(text),
    id: v.optional(variableUrl(env, { ...web, example: "https://builder.example.com" }), DEFAULT_ID),
    atOnce: v.optional(whole(1, 64), 2),
    npm: v.optional(npm, {}),
  });
  return v.pipe(
    settings,
    v.forward(
      v.check(
        ({ registry: value, plainHttp }) => plainHttp || !isReadByOthers(value),
        'sends images and passwords where others can read them; use https:, or set "plainHttp" to true',
      ),
      ["registry"],
    ),
  );
}

function isRegistry(value: string): boolean {
  if (value.startsWith(LAYOUT)) return true;
  const url = addressOf(value);
  return url !== null && ["https:", "http:"].includes(url.protocol) && url.search === "" && url.hash === "";
}

function hasLogin(value: string): boolean {
  const url = addressOf(value);
  return url !== null && (url.username !== "" || url.password !== "");
}

/** This machine talks to itself without TLS; others may listen in between any two. */
function isReadByOthers(value: string): boolean {
  const url = value.startsWith(LAYOUT) ? null : addressOf(value);
  return url?.protocol === "http:" && !/^(?:localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/.test(url.hostname);
}

/** Without a scheme it is a host, as in the name of an image. */
function addressOf(value: string): URL | null {
  return URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `https://${value}`);
}
