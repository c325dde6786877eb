const NONE = "–";

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });
const percent = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 });
const exactTime = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

/** What is not known. */
type Maybe = number | null | undefined;

/** `1,234`; `12.3K` from ten thousand on. `–` for what is not known. */
export function formatCount(value: Maybe): string {
  if (value === null || value === undefined) return NONE;
  return value < 10_000 ? whole.format(value) : compact.format(value);
}

/** Per second: `0`, `0.3`, `12`, `1.2K`. */
export function formatRate(value: Maybe): string {
  if (value === null || value === undefined) return NONE;
  if (value === 0) return "0";
  return value < 0.05 ? "<0.1" : value < 10 ? value.toFixed(1) : compact.format(value);
}

/** `0.31 ms`, `4.2 ms`, `312 ms`, `1.25 s`, `2 min 5 s`. */
export function formatMs(ms: Maybe): string {
  if (ms === null || ms === undefined) return NONE;
  if (ms < 1) return `${ms.toFixed(2)} ms`;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  return formatSeconds(Math.round(ms / 1000));
}

/** The same for an axis, which begins with a plain 0. */
export function formatAxisMs(ms: Maybe): string {
  return ms === 0 ? "0" : formatMs(ms);
}

function formatSeconds(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${seconds % 60} s`;
}

/** `512 B`, `1.2 kB`, `3.4 MB`. */
export function formatBytes(bytes: Maybe): string {
  if (bytes === null || bytes === undefined) return NONE;
  const units = ["B", "kB", "MB", "GB", "TB"];
  let [value, unit] = [bytes, 0];
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit] ?? ""}`;
}

/** Of 0 to 1: `12.5%`. */
export function formatShare(share: Maybe): string {
  return share === null || share === undefined ? NONE : percent.format(share);
}

/** `21 Nov 2026, 03:22:48`, in the reader's time zone. */
export function formatTime(time: string | number | Date): string {
  return exactTime.format(new Date(time));
}

const STEPS = [
  { seconds: 60, unit: 1, name: "s" },
  { seconds: 3600, unit: 60, name: "min" },
  { seconds: 86_400, unit: 3600, name: "h" },
  { seconds: Number.POSITIVE_INFINITY, unit: 86_400, name: "d" },
];

/** `now`, `12 s ago`, `3 min ago`, `in 2 h`. */
export function formatAgo(time: number, now: number): string {
  const seconds = Math.round((now - time) / 1000);
  const distance = Math.abs(seconds);
  if (distance < 2) return "now";
  const step = STEPS.find((each) => distance < each.seconds);
  if (step === undefined) return NONE;
  const text = `${Math.floor(distance / step.unit)} ${step.name}`;
  return seconds > 0 ? `${text} ago` : `in ${text}`;
}
