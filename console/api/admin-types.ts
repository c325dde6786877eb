import type { Rule } from "../../mesh/rule.ts";

/** Something about a place of the configuration. Lines and columns count from 1; 0 is the whole file. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** A function as the configuration has it. `words` is the rule in words, in answers only. */
export interface RuledFunction {
  readonly rule?: Rule;
  readonly words?: string;
  readonly record?: unknown;
  readonly example?: unknown;
}

/** Services of a project, by name. */
export type RuledServices = Readonly<
  Record<string, { readonly functions: Readonly<Record<string, RuledFunction>> } & Readonly<Record<string, unknown>>>
>;

/** A rule for publishing and subscribing. */
export interface SubjectRule {
  readonly subject: string;
  readonly publish?: Rule;
  readonly subscribe?: Rule;
}

/** A project as administrators see it. */
export interface Project {
  readonly id: string;
  readonly name?: string;
  /** Whether tokens of it can be checked. */
  readonly hasKey: boolean;
  /** Who may register workers. */
  readonly registration: "open" | "token" | Rule;
  readonly services: RuledServices;
  readonly pubsub?: { readonly rules: readonly SubjectRule[] };
  readonly advice: readonly string[];
}

/** The answer of `GET /v1/admin/projects`. */
export interface ProjectsAnswer {
  readonly projects: readonly Project[];
  /** Not there when the gateway keeps no configuration. */
  readonly etag?: string;
  readonly canSave: boolean;
  /** The name of the mesh's configuration that the gateway goes by, in place of a file. */
  readonly follows?: string;
}
