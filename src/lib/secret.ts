import { createHash } from "node:crypto";
import { inspect } from "node:util";

/**
 * A text that prints as `[hidden]` wherever a program prints: templates, JSON, inspect, logs.
 * Only rooms that talk to banks or seal cards may `open` one; the tidy test holds that.
 */
export class Secret {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  /** The text itself. */
  open(): string {
    return this.#text;
  }
  /** Splits a packed secret without opening it to the caller. */
  parts(separator: string): Secret[] {
    return this.#text.split(separator).map((part) => new Secret(part));
  }
  /** SHA-256 as hex of the text and what follows it: proves that its writer has the text. */
  digest(rest: string): string {
    return createHash("sha256").update(this.#text).update(rest).digest("hex");
  }
  toString(): string {
    return "[hidden]";
  }
  toJSON(): string {
    return "[hidden]";
  }
  [inspect.custom](): string {
    return "[hidden]";
  }
}
