import type { Scalar } from "./source-node.ts";

/** The YAML version unquoted text is read by. */
export type YamlVersion = "1.1" | "1.2";

const NULL = /^(?:~|null|Null|NULL)?$/;
const TRUE = /^(?:true|True|TRUE)$/;
const FALSE = /^(?:false|False|FALSE)$/;
const INTEGER = /^[-+]?\d+$/;
const FLOAT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
const OCTAL = /^0o[0-7]+$/;
const HEX = /^0x[\dA-Fa-f]+$/;
const INFINITY = /^[-+]?\.(?:inf|Inf|INF)$/;
const NAN = /^\.(?:nan|NaN|NAN)$/;

const TRUE_1_1 = /^(?:y|Y|yes|Yes|YES|on|On|ON)$/;
const FALSE_1_1 = /^(?:n|N|no|No|NO|off|Off|OFF)$/;
const OCTAL_1_1 = /^([-+]?)0([0-7]+)$/;
const BINARY_1_1 = /^([-+]?)0b([01]+)$/;
const SIGNED_HEX_1_1 = /^([-+]?)0x([\dA-Fa-f]+)$/;
const GROUPED_1_1 = /^[-+]?[\d.][\w.]*$/;

/** What unquoted text means by the core schema of YAML 1.2. */
export function readScalar(text: string): Scalar {
  if (NULL.test(text)) return null;
  if (TRUE.test(text)) return true;
  if (FALSE.test(text)) return false;
  if (INTEGER.test(text) || FLOAT.test(text) || OCTAL.test(text) || HEX.test(text)) return Number(text);
  if (INFINITY.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  if (NAN.test(text)) return Number.NaN;
  return text;
}

/**
 * What unquoted text means by YAML 1.1 as the loaders of 2019 knew it: `yes` is true and `010` is eight, while dates
 * and numbers to the base of sixty stay text.
 */
export function readScalar11(text: string): Scalar {
  if (TRUE_1_1.test(text)) return true;
  if (FALSE_1_1.test(text)) return false;
  if (OCTAL.test(text)) return text;
  const digits = GROUPED_1_1.test(text) ? text.replaceAll("_", "") : text;
  const based =
    readBased(OCTAL_1_1, digits, 8) ?? readBased(BINARY_1_1, digits, 2) ?? readBased(SIGNED_HEX_1_1, digits, 16);
  if (based !== undefined) return based;
  const value = readScalar(digits);
  // Only a number may be grouped by underscores; every other text keeps them.
  return typeof value === "number" ? value : readScalar(text);
}

function readBased(pattern: RegExp, text: string, base: number): number | undefined {
  const [, sign, digits] = pattern.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const value = Number.parseInt(digits, base);
  return sign === "-" ? -value : value;
}
