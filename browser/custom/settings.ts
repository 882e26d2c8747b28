import { hundredthsOf } from "../page/amount.ts";
import { wireMembers } from "../page/attributes.ts";
import { baseOf, type Caller } from "../page/transport.ts";

/** What the script tag says. Pages change its attributes and ask to have them read again. */
export type Settings = Readonly<{
  caller: Caller;
  /** CSS selector of the form that is posted. */
  form: string;
  /** `load`: authenticate when the page is there; `request`: when it is first needed. */
  authMode: "load" | "request";
  usesStoredCard: boolean;
  /** Three-dimensional security is compulsory unless the tag says `false` (documented). */
  needsTds: boolean;
  /** Members of `auth`. */
  members: Readonly<Record<string, unknown>>;
}>;

const OWN_TAG = "script.paynet-button[data-form], script[src*='paynet-custom']";

/** The tag of the custom form; called while the script first runs, and again later. */
export const findTag = (): HTMLScriptElement | undefined => {
  const current = document.currentScript;
  if (current instanceof HTMLScriptElement && current.src) return current;
  return document.querySelector<HTMLScriptElement>(OWN_TAG) ?? undefined;
};

export function settingsOf(tag: HTMLScriptElement): Settings {
  const { dataset } = tag;
  const amount = dataset["amount"] ?? "";
  return {
    caller: { base: baseOf(tag.src), key: dataset["key"] ?? "" },
    form: dataset["form"] ?? "",
    authMode: dataset["authmode"] === "request" ? "request" : "load",
    usesStoredCard: /^true$/i.test(dataset["use_saved_card"] ?? ""),
    needsTds: !/^false$/i.test(dataset["tds_required"] ?? ""),
    members: {
      ...wireMembers(dataset),
      amount: hundredthsOf(amount) ?? amount,
      domain: location.origin,
    },
  };
}
