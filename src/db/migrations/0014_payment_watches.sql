-- Payments that are looked at again after a while, because whoever asked for them asked for that.
create table payment_watches (
  merchant_id   text not null references merchants,
  number        bigint not null,
  -- What is watched: a sale, or all that is paid on a page.
  sale          bigint,
  page          bigint,
  -- What is done with what is found: told, whatever it is; told where it is news; the money given
  -- back where nobody was told of it; told as a change.
  action        text not null check (action in ('report', 'change', 'cancel', 'notify')),
  -- How the payment was last told to stand, for a look to be worth it.
  statuses      text[] not null
    check (cardinality(statuses) >= 1 and statuses <@ array['started', 'failed']),
  url           text check (length(url) between 1 and 2048),
  -- `returning`: the money goes back, and nobody is told any more that it was taken.
  state         text not null check (state in ('waiting', 'returning', 'done')),
  -- As whoever asked for the payment, or its payer's browser, was last told.
  last_status   text not null
    check (last_status in ('created', 'started', 'held', 'paid', 'failed')),
  -- When anybody was first told that money was taken: from then on it is not given back for this.
  known_at      timestamptz,
  -- How it then stood, where that was told, and whether no money of it is left with us.
  new_status    text check (new_status in ('created', 'started', 'held', 'paid', 'failed')),
  is_back       boolean not null default false,
  looks         integer not null default 0 check (looks >= 0),
  due_at        timestamptz,
  leased_until  timestamptz,
  created_at    timestamptz not null,
  ended_at      timestamptz,
  primary key (merchant_id, number),
  foreign key (merchant_id, sale) references sales,
  foreign key (merchant_id, page) references numbered_links,
  constraint watches_one_thing check ((sale is null) <> (page is null)),
  constraint only_sales_are_given_back check (action <> 'cancel' or sale is not null),
  constraint reports_have_address check (url is not null or action in ('change', 'cancel')),
  constraint only_cancel_gives_back check (state <> 'returning' or action = 'cancel'),
  constraint what_is_known_stays check (state <> 'returning' or known_at is null),
  constraint done_has_end check ((state = 'done') = (ended_at is not null)),
  constraint open_is_due check ((state = 'done') = (due_at is null)),
  constraint told_is_done check (new_status is null or state = 'done'),
  constraint only_open_is_leased check (leased_until is null or due_at is not null)
);
create index watches_of_sale on payment_watches (merchant_id, sale) where sale is not null;
create index watches_due on payment_watches (merchant_id, due_at) where due_at is not null;
