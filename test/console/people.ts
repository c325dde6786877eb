import type { Page } from "playwright-core";

/** Somebody who signs in by a name and a password. */
export interface Person {
  readonly user: string;
  readonly pass: string;
}

/** Whoever only looks. */
export const VIEWER: Person = { user: "vera", pass: "a-long-password-for-vera" };

/** The configuration of an example, with somebody in it who only looks. */
export function withViewer(config: string): string {
  return `${config}\nadmin: { users: [{ user: ${VIEWER.user}, pass: ${VIEWER.pass}, role: viewer }] }\n`;
}

/** The configuration of the example with calls, where everybody may read what is stored and on record. */
export function withReaders(config: string): string {
  const reads = '{ rule: match, type: string, eval: "==", f1: args.params.method, f2: GET }';
  return config.replace(/(?<=fetch:\s+rule: )\{.*\}/, (rule) => `{ rule: or, clauses: [${rule}, ${reads}] }`);
}

/** Signs in on the page that asks for it. */
export async function signIn(page: Page, { user, pass }: Person): Promise<void> {
  await page.getByLabel("User").fill(user);
  await page.getByLabel("Password").fill(pass);
  await page.getByRole("button", { name: "Sign in" }).click();
}
