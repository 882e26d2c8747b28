/** May say no: the form opens only when it gives `true` (documented). */
type BeforeOpen = () => unknown;
type Listener = (event?: unknown) => void;

/** Events of the custom form that mean something here too; pages that know both name them. */
const sharedEvents = ["onLoad", "onPaymentClick", "onAuthentication"] as const;
type SharedEvent = (typeof sharedEvents)[number];
const isShared = (name: string): name is SharedEvent =>
  (sharedEvents as readonly string[]).includes(name);

export type ReadyHooks = ReturnType<typeof createHooks>;

/**
 * The ready form documents one event: asked after the click, before the form opens. Its name stands
 * in no public page, so whatever name is not one of the shared ones is this event;
 * `Paynet.events.onBeforeOpen` is the name we give it.
 */
export function createHooks() {
  let beforeOpen: BeforeOpen | undefined;
  const listeners: Partial<Record<SharedEvent, Listener>> = {};
  const register = (name: string) => (listener: unknown) => {
    if (typeof listener !== "function") return;
    if (isShared(name)) listeners[name] = listener as Listener;
    else beforeOpen = listener as BeforeOpen;
    // Registered below the script, the listener of the load would wait for ever.
    if (name === "onLoad") queueMicrotask(listener as Listener);
  };
  const events = new Proxy({} as Record<string, (listener: unknown) => void>, {
    get: (_target, name) => (typeof name === "string" ? register(name) : undefined),
  });
  return {
    events,
    async mayOpen(): Promise<boolean> {
      listeners.onPaymentClick?.();
      return beforeOpen ? (await beforeOpen()) === true : true;
    },
    tellAuthentication(event: object) {
      listeners.onAuthentication?.(event);
    },
  };
}
