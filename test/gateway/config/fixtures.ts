import { readFileSync } from "node:fs";
import { type GatewayConfig, parseConfig } from "../../../gateway/config.ts";
import { ConfigError } from "../../../gateway/config/config-error.ts";
import type { Environment } from "../../../gateway/config/environment.ts";

/** Reads a file of `fixtures/` as a configuration. */
export function parseFixture(name: string, env: Environment = {}): GatewayConfig {
  const text = readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8");
  return parseConfig(text, { filename: name, env });
}

/** Reads a text as a configuration. */
export function parse(
  text: string,
  { filename = "fmesh.yaml", env = {} }: { filename?: string; env?: Environment } = {},
) {
  return parseConfig(text, { filename, env });
}

/** The error that a text leads to; fails when it is a good configuration. */
export function errorOf(text: string, options: { filename?: string; env?: Environment } = {}): ConfigError {
  try {
    parse(text, options);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("the configuration was expected to be refused");
}

/** Places and messages of warnings, one line each. */
export function warningsOf(config: GatewayConfig): string[] {
  return config.warnings.map(({ line, path, message }) => `${line} ${path}: ${message}`);
}
