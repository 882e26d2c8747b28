-- A transfer that its bank denied may turn out paid after another one has paid its payout: the bank
-- is asked about it then too, so that a person hears of it.
alter table payouts
  drop constraint open_is_due,
  add constraint open_is_due check (case when kind = 'hand' then due_at is null
    when state in ('queued', 'sending') then due_at is not null
    else due_at is null or is_bound end);
