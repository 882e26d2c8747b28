-- A card that a browser entered pays once, however many sales name it at the same moment: the sale
-- that is stored has it, before its bank is asked, and no other sale is stored with it.
alter table sales
  add column entered_card text,
  add foreign key (merchant_id, entered_card) references cards;
create unique index one_sale_per_entered_card on sales (merchant_id, entered_card)
  where entered_card is not null;
