-- What waits for ever because it is nothing is not looked through each time for what is due.
drop index earnings_to_pay;
create index earnings_to_pay on earnings (merchant_id, party, pay_date)
  where state = 'open' and payout is null and not is_held and amount_minor > 0;
create index debts_of_product on debts (merchant_id, product) where state <> 'deleted';
create index debts_of_member on debts (merchant_id, member) where state = 'open';
create index approvals_of_sale on approvals (merchant_id, sale);
-- Runs that a person must look at are few.
create index flagged_runs on payout_runs (merchant_id, flagged_at) where flagged_at is not null;

-- Deleting a key asks by its id alone whether a card is under it.
drop index cards_by_key;
create index cards_by_key on cards (merchant_id, key_id) where key_id is not null;

-- A session is charged by a try of its own; deleting a try asks its session, and no other.
drop index checkout_tokens_by_session;
alter table checkout_tokens
  add constraint one_place_per_token unique (merchant_id, session_id, id);
alter table checkout_sessions
  drop constraint charged_token_is_ours,
  add constraint charged_token_is_ours foreign key (merchant_id, id, charged_token_id)
    references checkout_tokens (merchant_id, session_id, id);
