/** Names that pages register under (documented; those that are not, seen in client pages). */
const eventNames = [
  "onLoad",
  "onAuthentication",
  "onCheckBin",
  "onCheckCardBin",
  "onPaymentClick",
  "validationError",
  "onCreateTokenExecuting",
  "onCreateToken",
  "onCreateCardTokenExecuting",
  "onCreateCardToken",
  "onTdsRedirect",
  "onFormSubmiting",
] as const;
export type EventName = (typeof eventNames)[number];

type Listener = (event?: unknown) => void;
export type Events = ReturnType<typeof createEvents>;

/** One listener a name, the last that was registered. `report` gets what a listener throws. */
export function createEvents(report: (error: unknown) => void) {
  const listeners: Partial<Record<EventName, Listener>> = {};
  let isLoaded = false;
  const emit = (name: EventName, event?: unknown) => {
    if (name === "onLoad") isLoaded = true;
    try {
      listeners[name]?.(event);
    } catch (error) {
      // A mistake in the shop's own code must not stop the payment half way.
      report(error);
    }
  };
  const register = (name: EventName) => (listener: unknown) => {
    if (typeof listener !== "function") return;
    listeners[name] = listener as Listener;
    if (name === "onLoad" && isLoaded) emit("onLoad");
  };
  const registrars = Object.fromEntries(eventNames.map((name) => [name, register(name)]));
  return {
    emit,
    hasListener: (name: EventName): boolean => listeners[name] !== undefined,
    /** `Paynet.events`. */
    registrars: registrars as Record<EventName, (listener: unknown) => void>,
  };
}
