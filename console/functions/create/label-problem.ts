const LABEL = /^[A-Za-z0-9_-]{1,64}$/;

/** Services of the mesh itself: a function with such a name would get a share of what they are asked. */
const HOUSE = ["functions", "builder", "deployer"];

/** What is wrong with a label, as far as it can be known before the API is asked; `undefined` when nothing is. */
export function labelProblem(label: string, taken: readonly string[]): string | undefined {
  if (label === "") return undefined;
  if (label.length > 64) return `${label.length} characters are too many; use at most 64`;
  if (!LABEL.test(label)) return "Use letters, digits, _ and -";
  if (HOUSE.includes(label)) return `“${label}” is a service of the mesh itself; use another name`;
  if (taken.includes(label)) return `There is a function “${label}” already`;
  return undefined;
}

/** A label that is free: the wish, or the wish with a number. */
export function freeLabel(wish: string, taken: readonly string[]): string {
  if (!taken.includes(wish)) return wish;
  for (let number = 2; ; number++) if (!taken.includes(`${wish}-${number}`)) return `${wish}-${number}`;
}
