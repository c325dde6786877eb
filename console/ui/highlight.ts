/** How a piece of code is shown. */
export type CodeKind = "plain" | "keyword" | "string" | "number" | "name" | "comment";

/** A piece of code of one kind. */
export interface CodePiece {
  readonly kind: CodeKind;
  readonly text: string;
}

/** Languages that can be told apart without a parser. */
export type CodeLanguage = "json" | "typescript" | "shell" | "yaml" | "text";

/** Longer texts are shown as they are: colours are not worth the wait. */
const MOST_CHARACTERS = 100_000;

// Alternatives by name: the group that matched is the kind.
const GRAMMARS: Readonly<Record<Exclude<CodeLanguage, "text">, RegExp>> = {
  json: /(?<name>"(?:[^"\\]|\\.)*"(?=\s*:))|(?<string>"(?:[^"\\]|\\.)*")|(?<number>-?\b\d[\d.eE+-]*\b)|(?<keyword>\b(?:true|false|null)\b)/g,
  typescript:
    /(?<comment>\/\/[^\n]*|\/\*[\s\S]*?\*\/)|(?<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)|(?<keyword>\b(?:import|export|from|const|let|await|async|function|return|new|type|interface|if|else|for|of|in|throw|try|catch|default|true|false|null|undefined)\b)|(?<number>\b\d[\d._]*\b)|(?<name>\b[A-Za-z_$][\w$]*(?=\())/g,
  shell:
    /(?<comment>(?<=^|\s)#[^\n]*)|(?<string>"(?:[^"\\]|\\.)*"|'[^']*')|(?<name>(?<=^|\n)\s*[a-z][\w-]*)|(?<keyword>(?<=\s)--?[\w-]+)/g,
  yaml: /(?<comment>(?<=^|\s)#[^\n]*)|(?<name>(?<=^|\n)[ \t-]*[\w$.-]+(?=:))|(?<string>"(?:[^"\\]|\\.)*"|'[^']*')|(?<keyword>\b(?:true|false|null)\b)|(?<number>\b\d[\d.]*\b)/g,
};

/** Cuts code into pieces to be coloured. The pieces are the whole text. */
export function highlight(code: string, language: CodeLanguage): readonly CodePiece[] {
  if (language === "text" || code.length > MOST_CHARACTERS) return [{ kind: "plain", text: code }];
  const pieces: CodePiece[] = [];
  let end = 0;
  for (const match of code.matchAll(GRAMMARS[language])) {
    if (match.index > end) pieces.push({ kind: "plain", text: code.slice(end, match.index) });
    const [kind] = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined) ?? ["plain"];
    pieces.push({ kind: kind as CodeKind, text: match[0] });
    end = match.index + match[0].length;
  }
  if (end < code.length) pieces.push({ kind: "plain", text: code.slice(end) });
  return pieces;
}
