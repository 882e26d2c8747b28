-- Payouts that somebody makes by hand from a file: what one file has is in no other.
-- A file of transfers. They are listed again from its payouts, as they were.
create table payout_batches (
  merchant_id  text not null references merchants,
  -- 1, 2, 3 for each merchant.
  number       bigint not null check (number > 0),
  -- What was due up to this day, in Istanbul.
  through_day  date not null,
  made_by      text not null check (length(made_by) between 1 and 100),
  made_at      timestamptz not null,
  primary key (merchant_id, number)
);

alter table payouts
  add column batch bigint,
  add foreign key (merchant_id, batch) references payout_batches,
  alter column connection drop not null,
  drop constraint payouts_kind_check,
  -- Ordered for a span of days, made on its day by itself, asked for by its own service, or put
  -- into a file.
  add constraint payouts_kind_check check (kind in ('order', 'daily', 'direct', 'hand')),
  add constraint hand_alone_has_no_connection check ((kind = 'hand') = (connection is null)),
  add constraint hand_alone_is_of_batch check ((kind = 'hand') = (batch is not null)),
  -- A file says where the money goes; what is not known then is in no file.
  add constraint hand_has_receiver
    check (kind <> 'hand' or iban is not null and party in ('member', 'platform')),
  drop constraint open_is_due,
  add constraint open_is_due check (case when kind = 'hand' then due_at is null
    when state in ('queued', 'sending') then due_at is not null
    else due_at is null or state = 'failed' and is_bound end),
  -- No bank is asked about it: with nothing due, nobody takes it up to send it.
  add constraint hand_is_not_sent
    check (kind <> 'hand' or state <> 'sending' and not is_bound);
create unique index one_hand_payout_per_receiver on payouts
  (merchant_id, batch, party, member, currency) nulls not distinct where batch is not null;

alter table payout_runs
  -- Who said what became of a transfer by hand; null of those that a bank was asked about.
  add column marked_by text check (length(marked_by) between 1 and 100),
  drop constraint payout_runs_state_check,
  -- `returned` undoes a paid one that came back.
  add constraint payout_runs_state_check
    check (state in ('open', 'paid', 'refused', 'doubtful', 'returned')),
  add constraint only_hand_returns check (state <> 'returned' or marked_by is not null),
  add constraint marked_has_ended check (marked_by is null or settled_at is not null),
  drop constraint settled_has_time,
  add constraint settled_has_time
    check ((state in ('paid', 'refused', 'returned')) = (settled_at is not null));
create unique index one_returned_run on payout_runs (merchant_id, payout)
  where state = 'returned';
