/** Control characters, line and paragraph separators, and what turns the direction of writing. */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;
const BEYOND_ASCII = /[^ -~]/;

/**
 * `text` with every character escaped (as in JSON: `\u001b`) that could begin a line, drive a terminal, or make text look like
 * something else.
 */
export function escapeControls(text: string): string {
  if (!BEYOND_ASCII.test(text)) return text;
  return text.replace(UNSAFE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
