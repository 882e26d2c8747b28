-- What a payment link shows and sells: its picture, and how many there are of it.

-- Beside the link and not in it: whoever reads links reads no pictures.
create table link_pictures (
  merchant_id  text not null,
  link_id      text not null,
  type         text not null check (type in ('image/png', 'image/jpeg', 'image/webp')),
  bytes        bytea not null check (length(bytes) between 1 and 4194304),
  primary key (merchant_id, link_id),
  foreign key (merchant_id, link_id) references pay_links
);

-- How many a link may sell. No row: nobody counts.
create table link_stocks (
  merchant_id  text not null,
  link_id      text not null,
  total        integer not null check (total > 0),
  -- Sold, or kept for a charge that may yet take money: as many as there are uses.
  taken        integer not null default 0,
  primary key (merchant_id, link_id),
  foreign key (merchant_id, link_id) references pay_links,
  constraint never_oversold check (taken between 0 and total)
);

-- The payment that one piece is sold to, or kept for. Written in the commit that opens its charge,
-- deleted in the one that ends it without money.
create table link_stock_uses (
  merchant_id  text not null,
  payment_id   text not null,
  link_id      text not null,
  primary key (merchant_id, payment_id),
  foreign key (merchant_id, payment_id) references payments,
  foreign key (merchant_id, link_id) references link_stocks
);
create index link_stock_uses_by_link on link_stock_uses (merchant_id, link_id);

-- A call about a payment names its link by its number.
alter table numbered_links add constraint one_number_per_link unique (merchant_id, link_id);
