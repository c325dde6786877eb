/** A time as a person at a terminal reads it: theirs, `14:05:09.250`. Dashes for what is no time. */
export function clock(time: string): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return "--:--:--.---";
  const two = (number: number): string => String(number).padStart(2, "0");
  const millis = String(at.getMilliseconds()).padStart(3, "0");
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${millis}`;
}
