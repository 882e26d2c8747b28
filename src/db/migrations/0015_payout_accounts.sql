-- Payouts to accounts that only the bank's own number names, and what persons found out about
-- transfers of which the bank itself says too little.
alter table payouts add column account_no text check (length(account_no) between 1 and 50);
alter table payouts drop constraint account_is_whole;
alter table payouts add constraint account_is_whole
  check (num_nonnulls(iban, account_no) = num_nonnulls(title));

-- A run that found no account to pay to goes nowhere; any other one to exactly one place.
alter table payout_runs add column account_no text check (length(account_no) between 1 and 50);
alter table payout_runs alter column iban drop not null;
update payout_runs set iban = null where iban = '' and title = '';
alter table payout_runs add constraint goes_to_one_place
  check (num_nonnulls(iban, account_no) = case when title = '' then 0 else 1 end);

-- What a person found out about a run, and why that is believed.
create table payout_verdicts (
  merchant_id     text not null,
  id              text not null check (id ~ '^vrd_[0-9A-Z]{20}$'),
  run             text not null,
  verdict         text not null check (verdict in ('paid', 'unpaid')),
  bank_reference  text check (length(bank_reference) between 1 and 100),
  reason          text not null check (length(reason) between 1 and 500),
  person          text not null check (length(person) between 1 and 100),
  -- What the bank's interface said right before.
  bank_said       text not null,
  judged_at       timestamptz not null,
  primary key (merchant_id, id),
  foreign key (merchant_id, run) references payout_runs,
  constraint paid_has_reference check ((verdict = 'paid') = (bank_reference is not null))
);
comment on table payout_verdicts is 'insert-only: another finding is another row';
create index verdicts_of_run on payout_verdicts (merchant_id, run);

-- The one that ended the run, where no bank did.
alter table payout_runs add column verdict text;
alter table payout_runs add constraint ended_by_verdict
  foreign key (merchant_id, verdict) references payout_verdicts;
alter table payout_runs add constraint only_ended_is_judged
  check (verdict is null or state in ('paid', 'refused'));
