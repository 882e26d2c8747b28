-- Of the watches of a sale one at a time gives its money back: two would each wait for the other to
-- end. Of those that already do, the first goes on, and the others look again.
update payment_watches w set state = 'waiting'
  where w.state = 'returning' and exists (
    select from payment_watches f where f.merchant_id = w.merchant_id and f.sale = w.sale
      and f.state = 'returning' and f.number < w.number);
create unique index one_return_per_sale on payment_watches (merchant_id, sale)
  where state = 'returning';
