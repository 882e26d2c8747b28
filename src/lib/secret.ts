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
