/** What a colour says. Each has an icon of its own, too: colour alone says nothing to some. */
export type Tone = "neutral" | "accent" | "good" | "warning" | "bad" | "info";
