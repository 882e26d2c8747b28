/** Names and values of the hidden inputs with which a form is posted. */
export type Members = readonly (readonly [name: string, value: string])[];

/** What a page in our overlay may say to the page around it. */
export type Message =
  | Readonly<{ command: "form-post"; members: Members }>
  | Readonly<{ command: "close-iframe" | "iframe-transparent" | "iframe-no-transparent" }>;

/** More hidden fields than any return of a payment has. */
const MEMBERS_MAX = 50;

/**
 * Reads `command=form-post&session_id=…&token_id=…` and its like (commands seen in client pages).
 * `undefined` is a message of somebody else: pages get many.
 */
export function readMessage(data: unknown): Message | undefined {
  if (typeof data !== "string") return undefined;
  const members = [...new URLSearchParams(data)];
  const command = members.find(([name]) => name === "command")?.[1];
  switch (command) {
    case "close-iframe":
    case "iframe-transparent":
    case "iframe-no-transparent":
      return { command };
    case "form-post": {
      const others = members.filter(([name]) => name !== "command" && name !== "");
      return others.length <= MEMBERS_MAX ? { command, members: others } : undefined;
    }
    default:
      return undefined;
  }
}
