import { expect, test } from "vitest";
import type { DueTransfer } from "../../marketplace/distribution.rules.ts";
import { csvOf } from "./due-file.rules.ts";

const due: DueTransfer = {
  number: 100501n,
  party: "member",
  member: 501n,
  title: 'Ada "Kitap" Ltd, İzmir',
  iban: "TR560006200000000000100011",
  currency: "TRY",
  amountMinor: 123_450n,
  count: 3,
  description: "=1+1",
};

test("a line has every column, quoted, and no formula", () => {
  const [head, line, ...rest] = csvOf([due]).split("\r\n");
  expect(head).toBe('\uFEFF"No","IBAN","Unvan","Tutar","Para birimi","Üye","Kayıt","Açıklama"');
  expect(line).toBe(
    '"100501","TR560006200000000000100011","Ada ""Kitap"" Ltd, İzmir","1234.50","TRY","501",' +
      '"3","\'=1+1"',
  );
  expect(rest).toEqual([""]);
});

test("the platform's own line names no member", () => {
  const line = csvOf([{ ...due, party: "platform", member: null }]).split("\r\n")[1];
  expect(line).toContain('"TRY","","3"');
});
