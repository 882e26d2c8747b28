import { CallFailed, call, NO_SESSION, type Reply } from "../page/transport.ts";
import type { Events } from "./events.ts";
import type { Settings } from "./settings.ts";

export type Session = Readonly<{ id: string; needsTds: boolean }>;
export type Sessions = ReturnType<typeof createSessions>;
type Terms = Readonly<Record<string, unknown>>;

/** What `auth_update` may change (documented by the services that do it). */
const changeable = [
  "amount",
  "add_commission",
  "ratio_code",
  "save_card",
  "card_desc",
  "user_gsm_no",
];

/** One session with the platform at a time, opened when it is first needed. */
function createOpening(settings: () => Settings, terms: () => Terms, events: Events) {
  let opening: Promise<Session> | undefined;
  let current: Session | undefined;

  const drop = () => {
    opening = undefined;
    current = undefined;
  };
  async function authenticate(): Promise<Session> {
    const { caller, needsTds } = settings();
    const reply = await call(caller, "v1/paynetj/auth?type=CF", terms());
    const id = String(reply["session_id"]);
    current = { id, needsTds: reply["tds_required"] === true || needsTds };
    events.emit("onAuthentication", { ok: true, session: id, expire: reply["expire_date"] });
    return current;
  }
  return {
    drop,
    current: () => current,
    isStill: (opened: Promise<Session>) => opening === opened,
    open(): Promise<Session> {
      opening ??= authenticate().catch((error: unknown) => {
        drop();
        if (error instanceof CallFailed) {
          const { code, message } = error;
          events.emit("onAuthentication", { ok: false, code, message });
        }
        throw error;
      });
      return opening;
    },
  };
}

/** The session with the platform, and the terms that it is opened for. */
export function createSessions(settings: () => Settings, events: Events) {
  let changes: Terms = {};
  let lastUpdate: Promise<unknown> = Promise.resolve();
  const terms = (): Terms => ({ ...settings().members, ...changes });
  const { open, current, drop, isStill } = createOpening(settings, terms, events);

  /** Asks within the session. One that ended, while the page stood open, is opened anew, once. */
  async function ask(path: string, body: (session: Session) => object): Promise<Reply> {
    const post = (session: Session) =>
      call(settings().caller, path, { ...body(session), session_id: session.id });
    const opened = open();
    const session = await opened;
    try {
      return await post(session);
    } catch (error) {
      if (!(error instanceof CallFailed) || error.code !== NO_SESSION) throw error;
      if (isStill(opened)) drop();
      return post(await open());
    }
  }
  async function change(some: Terms): Promise<Reply> {
    const all: Terms = { ...terms(), ...some };
    const body = Object.fromEntries(changeable.map((name) => [name, all[name]]));
    const reply = await ask("v1/paynetj/auth_update", () => body);
    changes = { ...changes, ...some };
    return reply;
  }
  return {
    open,
    ask,
    terms,
    current,
    /** Changes the session's terms, one after the other: each sends all of them. */
    update(some: Terms): Promise<Reply> {
      const update = lastUpdate.then(() => change(some));
      lastUpdate = update.catch(() => undefined);
      return update;
    },
    /** The tag was read again: the session was opened for other terms. */
    forget() {
      drop();
      changes = {};
    },
  };
}
