/** Where the text that begins at `start` ends: at a quote that no odd backslash stands before. */
function endOfText(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); ; end = json.indexOf('"', end + 1)) {
    let slashes = 0;
    while (json[end - 1 - slashes] === "\\") slashes += 1;
    if (slashes % 2 === 0) return end;
  }
}

/**
 * The first member name that stands twice in one object of a valid JSON text. `JSON.parse` keeps
 * the last of the two without a word, and of two amounts neither may be guessed at.
 */
export function doubledKey(json: string): string | undefined {
  const objects: (Set<string> | undefined)[] = [];
  let expectsKey = false;
  for (let i = 0; i < json.length; i += 1) {
    const character = json[i];
    if (character === '"') {
      const start = i;
      i = endOfText(json, start);
      const keys = objects.at(-1);
      if (!expectsKey || !keys) continue;
      const raw = json.slice(start, i + 1);
      const key: string = raw.includes("\\") ? JSON.parse(raw) : raw.slice(1, -1);
      if (keys.has(key)) return key;
      keys.add(key);
      expectsKey = false;
    } else if (character === "{") {
      objects.push(new Set());
      expectsKey = true;
    } else if (character === "[") {
      objects.push(undefined);
      expectsKey = false;
    } else if (character === "}" || character === "]") {
      objects.pop();
      expectsKey = false;
    } else if (character === ",") {
      expectsKey = objects.at(-1) !== undefined;
    }
  }
  return undefined;
}
