-- Orders are in any currency that money is taken in; which of them a wire offers is its own.
alter table subscriptions drop constraint subscriptions_currency_check;
alter table subscriptions add constraint subscriptions_currency_check
  check (currency in ('TRY', 'USD', 'EUR', 'GBP'));
