import type { TokenVerifier } from "./auth.ts";
import type { RecordRule } from "./recording.ts";
import type { CompiledRule } from "./rules.ts";
import type { PubsubRules } from "./space-cloud/pubsub/rules.ts";

/** What one project allows: its keys and its rules, compiled. */
export interface ProjectPolicy {
  readonly verifier: TokenVerifier;
  /** The rule that decides about a function; `undefined` when none does, which is a refusal. */
  ruleFor(service: string, name: string): CompiledRule | undefined;
  /** What is recorded of a function's calls, if they are; not there in a project that records nothing. */
  readonly recordFor?: ((service: string, name: string) => RecordRule | undefined) | undefined;
  /** Whether the configuration names this very function, and not only a `default` that covers it. */
  names(service: string, name: string): boolean;
  /** The functions of a service that the configuration names. */
  namedFunctions(service: string): readonly string[];
  readonly registration: RegistrationPolicy;
  /** Who may publish and subscribe; not there in a project whose clients do not. */
  readonly pubsub?: PubsubRules | undefined;
}

/** Who may serve functions through the gateway, as workers of 2019 do. */
export interface RegistrationPolicy {
  /** Sees the claims as `args.auth` and `{service}` as `args.params`. */
  readonly rule: CompiledRule;
  /** The same as long as nothing has changed that decides about registrations. Holds secrets: to be compared, and never shown. */
  readonly basis: string;
}

/** Bounds on what a caller may ask for. */
export interface Limits {
  readonly maxBodyBytes: number;
  readonly defaultTimeoutMs: number;
  readonly maxTimeoutMs: number;
}

/** Which browser pages may call, and how. `*` stands for any origin; the answer names the caller's own. */
export interface CorsPolicy {
  readonly origins: readonly string[];
  readonly credentials: boolean;
  readonly maxAgeSeconds: number;
}

/** How clients of 2019 are handed a result: as `{"result":…}`, or by itself. */
export type AnswerForm = "wrapped" | "bare";

/** All that a configuration decides about calls. Never changes: a saved configuration makes a new one. */
export interface Policy {
  readonly limits: Limits;
  readonly cors: CorsPolicy;
  /** The project that requests need not name, because there is no other. */
  readonly onlyProject: string | undefined;
  /** How `/services/` of 2019 answers. */
  readonly servicesAnswer: AnswerForm;
  project(id: string): ProjectPolicy | undefined;
}

/** The policy in force. Each call reads it once, so that a change never touches a call under way. */
export class LivePolicy {
  readonly #listeners = new Set<() => void>();
  #current: Policy;

  constructor(first: Policy) {
    this.#current = first;
  }

  get current(): Policy {
    return this.#current;
  }

  replace(next: Policy): void {
    this.#current = next;
    for (const listener of this.#listeners) listener();
  }

  /** Calls `listener` after each change; returns how to stop that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
