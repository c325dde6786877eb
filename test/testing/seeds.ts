/** Seeds at once: their meshes mostly wait. */
const AT_ONCE = 30;

/** Tries the seeds from 0 on; resolves with what was wrong with any of them, a line each. */
export async function violationsOfSeeds(
  count: number,
  violations: (seed: number) => Promise<readonly string[]>,
): Promise<string> {
  const found: string[] = [];
  for (let seed = 0; seed < count; seed += AT_ONCE) {
    const batch = await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => violations(seed + index)));
    found.push(...batch.flat());
  }
  return found.join("\n");
}
