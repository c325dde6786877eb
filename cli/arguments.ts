import { InvalidArgumentError } from "commander";
import { Failure, USAGE } from "./failure.ts";

/**
 * JSON given on the command line.
 * @throws Failure with the exit code of wrong usage, naming the option.
 */
export function parseJson(option: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Failure(`${option} is not JSON: ${text}`, { exitCode: USAGE, cause: error });
  }
}

/** As {@link parseJson}, for what has to be an object. */
export function parseJsonObject(option: string, text: string): Record<string, unknown> {
  const value = parseJson(option, text);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Failure(`${option} is not a JSON object: ${text}`, { exitCode: USAGE });
}

/**
 * A function named on the command line as `service.function`.
 * @throws Failure with the exit code of wrong usage.
 */
export function parseFunctionName(text: string): { readonly service: string; readonly name: string } {
  const [service, name, ...rest] = text.split(".");
  if (service !== undefined && name !== undefined && rest.length === 0) return { service, name };
  throw new Failure(`"${text}" is not service and function; write arithmetic.sum`, { exitCode: USAGE });
}

/** A positive number of seconds. @throws Failure with the exit code of wrong usage, naming the option. */
export function parseSeconds(option: string, text: string): number {
  const seconds = Number(text);
  if (seconds > 0 && Number.isFinite(seconds)) return seconds;
  throw new Failure(`${option} is "${text}"; give seconds`, { exitCode: USAGE });
}

/** A whole number that is not negative. @throws Failure with the exit code of wrong usage, naming the option. */
export function parseWhole(option: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Failure(`${option} is "${text}"; give a whole number`, { exitCode: USAGE });
}

/** The address of a gateway, for an option's parser. @throws InvalidArgumentError, to which Commander adds the option's name. */
export function parseGatewayUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new InvalidArgumentError("Give http://host:port, or https://host.");
}

/** A TCP port, for an option's parser. @throws InvalidArgumentError, to which Commander adds the option's name. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError("Give a number from 0 to 65535.");
  return port;
}

/** For an option's parser: what may be given more than once. */
export function gather(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
