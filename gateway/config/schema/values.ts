import * as v from "valibot";
import type { Environment } from "../environment.ts";

const VARIABLE = /^\$([A-Za-z_][A-Za-z0-9_]*)$/;

/** Text that says something. */
export const text = v.pipe(
  v.string("must be text; put it in quotes"),
  v.nonEmpty("is empty; write a text, or remove the key"),
);

/** true or false. */
export const flag = v.boolean("must be true or false");

/** A port; 0 picks a free one. */
export const port = whole(0, 65_535);

/** A whole number within bounds. */
export function whole(min: number, max: number) {
  return v.custom<number>(
    (input) => Number.isInteger(input) && Number(input) >= min && Number(input) <= max,
    `must be a whole number from ${min} to ${max}`,
  );
}

/**
 * Text that may be `$NAME`, which stands for a variable of the environment; `$$` at the start is a dollar itself.
 * Neither the text nor the variable's value is ever shown.
 */
export function variableText(env: Environment) {
  return v.pipe(
    text,
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      if (!dataset.value.startsWith("$")) return dataset.value;
      if (dataset.value.startsWith("$$")) return dataset.value.slice(1);
      const [, name] = VARIABLE.exec(dataset.value) ?? [];
      if (name === undefined) {
        addIssue({ message: 'starts with "$", but is not the name of a variable; write "$$" for a dollar itself' });
        return NEVER;
      }
      const value = Object.hasOwn(env, name) ? env[name] : undefined;
      if (value === undefined || value === "") {
        const state = value === undefined ? "not set" : "empty";
        addIssue({ message: `the environment variable ${JSON.stringify(name)} is ${state}; set it` });
        return NEVER;
      }
      return value;
    }),
  );
}

/** A URL of one of these schemes, as text or `$NAME`. */
export function variableUrl(env: Environment, { schemes, example }: { schemes: string[]; example: string }) {
  return v.pipe(
    variableText(env),
    v.check(
      (value) => URL.canParse(value) && schemes.includes(new URL(value).protocol),
      `must be a URL such as ${JSON.stringify(example)}`,
    ),
  );
}
