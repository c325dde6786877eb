import type { Traffic } from "../../../mesh/function.ts";

/**
 * Versions in the order in which they are to be tried: each is as likely to be the first as its percent says, and so on among the
 * others. Those without traffic are left out.
 * @param random gives numbers from 0 to below 1.
 */
export function byPercent(traffic: Traffic, random: () => number = Math.random): readonly number[] {
  let left = Object.entries(traffic).filter(([, percent]) => percent > 0);
  const order: number[] = [];
  while (left.length > 0) {
    let at = random() * left.reduce((sum, [, percent]) => sum + percent, 0);
    const chosen = left.find(([, percent]) => (at -= percent) < 0) ?? left.at(-1);
    order.push(Number(chosen?.[0]));
    left = left.filter((each) => each !== chosen);
  }
  return order;
}
