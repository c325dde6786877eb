import { type RawBuilder, sql } from "kysely";

/** Each band ends here times as high as it begins: its middle is within 5 percent of all that is in it. */
const GROWTH = 1.1;

/** Where the second band begins, in milliseconds: all below is the first. */
const LOWEST_MS = 0.01;

/** The last one holds all from about three hours. */
const BANDS = 218;

/** The band of `duration_ms`, which is not null. Logarithms would say it in a word, but not every SQLite has them. */
export const bandOfDuration: RawBuilder<number> = sql.raw(oneOf(0, BANDS - 1));

/** The duration that a band stands for, in milliseconds. */
export function middleOf(band: number): number {
  return beginOf(band) * Math.sqrt(GROWTH);
}

/** Finds a band by halves. */
function oneOf(first: number, last: number): string {
  if (first === last) return String(first);
  const middle = Math.ceil((first + last) / 2);
  const [below, above] = [oneOf(first, middle - 1), oneOf(middle, last)];
  return `case when duration_ms < ${beginOf(middle)} then ${below} else ${above} end`;
}

function beginOf(band: number): number {
  return LOWEST_MS * GROWTH ** (band - 1);
}
