import type { BankTimeouts, Transport } from "../../acquirers/transport.ts";
import type { Connection, FindProvider, PayoutProvider } from "../provider.rules.ts";
import { simulator } from "./simulator/index.ts";

type Dialect = (
  connection: Connection,
  transport: Transport,
  timeouts?: BankTimeouts,
) => PayoutProvider;

/** One line per bank: its folder here is its name in a connection. */
const providers: Readonly<Record<Connection["provider"], Dialect>> = { simulator };

/** Speaks to the banks of connections. All of them share the one transport. */
export const createProviders =
  (transport: Transport, timeouts?: BankTimeouts): FindProvider =>
  (connection) =>
    providers[connection.provider](connection, transport, timeouts);
