/** What a match compares. */
export type Operand = string | number | boolean | readonly (string | number | boolean)[];

/** What a person has to know to write one. */
export interface OperandKind {
  /** `string`, `number`, … */
  readonly type: string;
  /** Whether a list stands here. */
  readonly isList: boolean;
}

/** Whether a text stands for something else. */
export function isVariable(text: string): boolean {
  return text.startsWith("args.") || text.startsWith("utils.");
}

/** An operand as people write it into a field. */
export function formatOperand(operand: unknown): string {
  if (Array.isArray(operand)) return operand.map(String).join(", ");
  const isValue = typeof operand === "string" || typeof operand === "number" || typeof operand === "boolean";
  return isValue ? String(operand) : "";
}

/** What was written into a field. */
export function parseOperand(text: string, { type, isList }: OperandKind): Operand {
  const trimmed = text.trim();
  if (isVariable(trimmed)) return trimmed;
  if (!isList) return parseLiteral(text, type);
  return trimmed === "" ? [] : text.split(",").map((part) => parseLiteral(part.trim(), type));
}

function parseLiteral(text: string, type: string): string | number | boolean {
  const trimmed = text.trim();
  if ((type === "number" || type === "date") && trimmed !== "" && Number.isFinite(Number(trimmed)))
    return Number(trimmed);
  if (type === "bool" && (trimmed === "true" || trimmed === "false")) return trimmed === "true";
  return text;
}
