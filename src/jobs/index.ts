import type { TaskList } from "graphile-worker";
import { DELIVER_EVENTS } from "../events/index.ts";
import { SEND_CONFIRMATION } from "../facades/paynet/link/confirmation.ts";
import { SEND_NOTICE } from "../facades/paynet/payment/notice.ts";
import type { MerchantId } from "../lib/id.ts";
import { SEND_CALLBACK, SEND_WATCH } from "../marketplace/index.ts";
import type { Merchant } from "../merchants/index.ts";
import { type Carriers, SEND_MESSAGE } from "../messaging/index.ts";
import { LOOK_AGAIN, type PaymentsDeps, RELEASE_HOLD, TAKE_BACK_STRAY } from "../payments/index.ts";
import { TELL_OF_PAYOUT } from "../payouts/index.ts";
import { TELL_SHOP } from "../subscriptions/index.ts";
import { deliverEvents } from "./deliver-events.ts";
import { lookAgain } from "./look-again.ts";
import { releaseHold } from "./release-hold.ts";
import { sendMessage } from "./send-message.ts";
import { sendPaynetConfirmation } from "./send-paynet-confirmation.ts";
import { sendPaynetNotice } from "./send-paynet-notice.ts";
import { sendPaywallCallback } from "./send-paywall-callback.ts";
import { sendPaywallPayoutNotice } from "./send-paywall-payout-notice.ts";
import { sendPaywallWatch } from "./send-paywall-watch.ts";
import { sendSubscriptionNotice } from "./send-subscription-notice.ts";
import { SNAPSHOT_LEDGERS, snapshotLedgers } from "./snapshot-ledgers.ts";
import { SWEEP_LEFTOVERS, sweepLeftovers } from "./sweep-leftovers.ts";
import { takeBackStray } from "./take-back-stray.ts";

export { startTicks } from "./ticks.ts";

/** Every task by the name under which it is queued. */
export const tasks = (
  payments: PaymentsDeps,
  merchantOf: (id: MerchantId) => Promise<Merchant>,
  carriers: Carriers,
): TaskList => ({
  [DELIVER_EVENTS]: deliverEvents(payments),
  [SEND_CALLBACK]: sendPaywallCallback(payments),
  [SEND_WATCH]: sendPaywallWatch(payments),
  [SEND_NOTICE]: sendPaynetNotice(merchantOf),
  [SEND_CONFIRMATION]: sendPaynetConfirmation({ db: payments.db, merchantOf }),
  [TELL_SHOP]: sendSubscriptionNotice(payments),
  [TELL_OF_PAYOUT]: sendPaywallPayoutNotice(payments),
  [SEND_MESSAGE]: sendMessage({ ...payments, merchantOf, carriers }),
  [RELEASE_HOLD]: releaseHold(payments),
  [TAKE_BACK_STRAY]: takeBackStray(payments),
  [LOOK_AGAIN]: lookAgain(payments),
  [SNAPSHOT_LEDGERS]: snapshotLedgers(payments),
  [SWEEP_LEFTOVERS]: sweepLeftovers(payments),
});

/** What the queue starts by itself, in UTC: balances are kept soon after midnight in Istanbul. */
export const crontab = `30 22 * * * ${SNAPSHOT_LEDGERS}
45 22 * * * ${SWEEP_LEFTOVERS}`;
