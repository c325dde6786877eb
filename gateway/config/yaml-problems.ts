import type { ErrorCode } from "yaml";

/**
 * What to tell about text that is not YAML. The library's own messages quote the source, which may hold a secret.
 */
export const YAML_PROBLEMS: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: "an alias (*name) takes neither an anchor nor a tag; remove them",
  BAD_ALIAS: "the name of an anchor or alias is not valid; use letters and digits",
  BAD_COLLECTION_TYPE: "the tag does not fit the value; remove the tag",
  BAD_DIRECTIVE: "the line that starts with % is not a valid YAML directive; remove it",
  BAD_DQ_ESCAPE: 'the text in double quotes holds an unknown escape; write "\\\\" for a backslash',
  BAD_INDENT: "the indentation does not fit the lines above; align it",
  BAD_PROP_ORDER: "an anchor or tag stands in the wrong place; put it right before its value",
  BAD_SCALAR_START: "unquoted text cannot start with this character; put it in quotes",
  BLOCK_AS_IMPLICIT_KEY: "a nested value cannot start on this line; put it on a line of its own, indented",
  BLOCK_IN_FLOW: "an indented block cannot stand inside [ ] or { }; write it with [ ] or { } too",
  DUPLICATE_KEY: "the key was given before; remove one of the two",
  IMPOSSIBLE: "this cannot be read as YAML; check quotes and indentation",
  KEY_OVER_1024_CHARS: "the key is longer than 1024 characters; shorten it",
  MISSING_CHAR: "a quote, bracket, comma, colon or space is missing here; add it",
  MULTILINE_IMPLICIT_KEY:
    "the key goes over more than one line, or its colon is missing; put key and colon on one line",
  MULTIPLE_ANCHORS: "the value has two anchors; keep one",
  MULTIPLE_DOCS: "the file holds a second document after ---; keep one",
  MULTIPLE_TAGS: "the value has two tags; remove them",
  NON_STRING_KEY: "a key must be simple text; remove its brackets, alias or tag",
  RESOURCE_EXHAUSTION: "values are nested too deeply; flatten them",
  TAB_AS_INDENT: "a tab cannot indent; use spaces",
  TAG_RESOLVE_FAILED: "tags (!name) are not supported; write the value itself",
  UNEXPECTED_TOKEN: "this stands where nothing can; check quotes, brackets and indentation",
};
