import { readFile } from "node:fs/promises";
import * as v from "valibot";
import { parse } from "yaml";
import { type Policy, policySchema } from "../attest/policy.ts";

/**
 * Reads a policy from a file, YAML or JSON.
 * @param options.signedBy a public key, PEM, in place of those in the file
 * @throws Error that names the file, and everything in it that is no policy
 */
export async function readPolicyFile(file: string, { signedBy }: { readonly signedBy?: string } = {}): Promise<Policy> {
  const content = await contentOf(file);
  const isObject = typeof content === "object" && content !== null;
  const written = signedBy !== undefined && isObject ? { ...content, signedBy: [signedBy] } : content;
  const result = v.safeParse(policySchema, written);
  if (result.success) return result.output;
  const problems = result.issues.map((issue) => {
    const path = v.getDotPath(issue);
    return path === null ? issue.message : `${path}: ${issue.message}`;
  });
  throw new Error(`the policy "${file}" cannot be used: ${problems.join("; ")}`);
}

async function contentOf(file: string): Promise<unknown> {
  try {
    return parse(await readFile(file, "utf8"));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`the policy "${file}" cannot be read: ${reason}`, { cause });
  }
}
