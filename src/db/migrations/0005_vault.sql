-- Cards at rest: sealed with a data key of their merchant, which is itself wrapped by the root key.
create table vault_keys (
  merchant_id  text not null references merchants,
  id           text not null check (length(id) = 24 and starts_with(id, 'key_')),
  wrapped      bytea not null,
  status       text not null check (status in ('active', 'retiring')),
  created_at   timestamptz not null,
  primary key (merchant_id, id)
);
create unique index one_active_vault_key on vault_keys (merchant_id) where status = 'active';

-- Whose cards they are: the merchant's own name for a customer, and ours.
create table card_owners (
  merchant_id  text not null references merchants,
  id           text not null check (length(id) = 24 and starts_with(id, 'own_')),
  customer     text not null check (length(customer) between 1 and 100),
  created_at   timestamptz not null,
  primary key (merchant_id, id),
  constraint one_owner_per_customer unique (merchant_id, customer)
);

-- A card of an owner is kept; one without an owner waits for its 3-D Secure return and is forgotten
-- at `purge_at`. What is forgotten keeps its mask and nothing that could be charged.
create table cards (
  merchant_id   text not null references merchants,
  id            text not null check (length(id) = 24 and starts_with(id, 'crd_')),
  key_id        text,
  -- Number and holder.
  sealed        bytea,
  -- A keyed hash of merchant and number: finds equal cards and tells nothing.
  fingerprint   bytea not null,
  mask          text not null check (mask like '______*%____'),
  holder_mask   text not null,
  brand         text not null,
  type          text not null check (type in ('cc', 'bc', 'dc')),
  bank_id       text not null,
  expiry_month  integer not null check (expiry_month between 1 and 12),
  expiry_year   integer not null check (expiry_year between 2000 and 2099),
  owner_id      text,
  -- What a client charges the card by.
  token         text,
  description   text not null default '',
  created_at    timestamptz not null,
  purge_at      timestamptz,
  deleted_at    timestamptz,
  primary key (merchant_id, id),
  constraint one_card_per_token unique (merchant_id, token),
  foreign key (merchant_id, key_id) references vault_keys,
  foreign key (merchant_id, owner_id) references card_owners,
  constraint sealed_with_key check ((sealed is null) = (key_id is null)),
  constraint owned_has_token check ((owner_id is null) = (token is null)),
  constraint owned_or_passing check (owner_id is null or purge_at is null),
  constraint forgotten_is_empty check ((deleted_at is null) = (sealed is not null)),
  constraint passing_has_end check (owner_id is not null or deleted_at is not null
    or purge_at is not null)
);
create unique index one_card_of_owner on cards (merchant_id, owner_id, fingerprint)
  where owner_id is not null and deleted_at is null;
create index cards_by_key on cards (merchant_id, key_id) where sealed is not null;
create index cards_to_forget on cards (merchant_id, purge_at) where purge_at is not null
  and deleted_at is null;
