import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AttemptId, newId } from "../../../lib/id.ts";
import { decimalText, MOST_MINOR } from "../../../lib/money.ts";
import {
  attemptIdOf,
  bin,
  dateWithOffset,
  dateWithoutOffset,
  dayOf,
  dottedDate,
  dottedTime,
  flag,
  fraction,
  freeText,
  guidOf,
  hidden,
  hundredths,
  hundredthsOrZero,
  lira,
  liraOfTenThousandths,
  minorOfLira,
  moment,
  momentOf,
  onlyLira,
  rawText,
  text,
  whole,
  xactIdOf,
} from "./formats.ts";

const alphabet = [..."0123456789ABCDEFGHJKMNPQRSTVWXYZ"];
const attemptIds = fc
  .array(fc.constantFrom(...alphabet), { minLength: 20, maxLength: 20 })
  .map((all): AttemptId => `att_${all.join("")}`);
const amounts = fc.bigInt({ min: 1n, max: MOST_MINOR });

describe("ids", () => {
  test("what is written is read back, and every id has a text of its own", () => {
    fc.assert(
      fc.property(attemptIds, attemptIds, (one, other) => {
        expect(attemptIdOf(xactIdOf(one))).toBe(one);
        expect(xactIdOf(one) === xactIdOf(other)).toBe(one === other);
        expect(guidOf(one) === guidOf(other)).toBe(one === other);
      }),
    );
  });

  test("a text is base64 after its prefix with stars for slashes, a GUID is upper case", () => {
    fc.assert(
      fc.property(attemptIds, (id) => {
        expect(xactIdOf(id)).toMatch(/^xk_EAAAA[A-Za-z0-9+*]{18}$/);
        expect(guidOf(id)).toMatch(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/);
      }),
    );
  });

  test("spaces for plus signs and slashes for stars are read, other texts are nothing", () => {
    fc.assert(
      fc.property(attemptIds, (id) => {
        const written = xactIdOf(id);
        expect(attemptIdOf(written.replaceAll("+", " "))).toBe(id);
        expect(attemptIdOf(written.replaceAll("*", "/"))).toBe(id);
        expect(attemptIdOf(` ${written}\n`)).toBe(id);
        expect(attemptIdOf(written.slice(1))).toBeUndefined();
        expect(attemptIdOf(`${written}A`)).toBeUndefined();
      }),
    );
  });

  test("no text makes it throw, and what it reads is an id", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (any) => {
        for (const each of [any, `xk_EAAAA${any}`, `xk_EAAAA${any.padEnd(18, "/")}`]) {
          const id = attemptIdOf(each);
          if (id) expect(attemptIdOf(xactIdOf(id))).toBe(id);
        }
      }),
    );
  });

  test("the text of an id does not hold the id as it is stored", () => {
    const id = newId("att", new Date("2026-03-04T09:00:00Z"));
    expect(xactIdOf(id)).not.toContain(id.slice(4));
  });
});

describe("money", () => {
  test("lira with a comma, thousands, a point or as a number are the same amount", () => {
    fc.assert(
      fc.property(amounts, (minor) => {
        const comma = decimalText(minor, ",");
        const [whole = "", cents] = comma.split(",");
        const grouped = `${whole.replace(/\B(?=(\d{3})+$)/g, ".")},${cents}`;
        expect(minorOfLira(comma)).toBe(minor);
        expect(minorOfLira(grouped)).toBe(minor);
        expect(minorOfLira(decimalText(minor, "."))).toBe(minor);
        expect(minorOfLira(lira(minor))).toBe(minor);
      }),
    );
  });

  test("kuruş are read as they are written, a refund's zero included", () => {
    fc.assert(
      fc.property(amounts, (minor) => {
        expect(hundredths.parse(minor.toString())).toBe(minor);
      }),
    );
    expect(hundredths.safeParse("0").success).toBe(false);
    expect(hundredthsOrZero.parse("0")).toBe(0n);
  });

  test("no text is read as an amount below or above what is possible", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."0123456789.,-e +") }), (any) => {
        const minor = minorOfLira(any);
        if (minor !== undefined) expect(minor > 0n && minor <= MOST_MINOR).toBe(true);
      }),
    );
  });

  test("shown figures have no trace of binary fractions", () => {
    expect([lira(81375n), lira(1n), lira(MOST_MINOR)]).toEqual([813.75, 0.01, 999999999999.99]);
    expect(liraOfTenThousandths(192104n)).toBe(19.2104);
    expect([fraction(20_000n), fraction(35_000n), fraction(0n)]).toEqual([0.02, 0.035, 0]);
  });
});

describe("days and times", () => {
  const at = new Date("2026-03-04T21:30:05.067Z");
  test("Istanbul's wall time is shown, with and without its offset", () => {
    expect(dateWithOffset(at)).toBe("2026-03-05T00:30:05.067+03:00");
    expect(dateWithoutOffset(at)).toBe("2026-03-05T00:30:05.067");
    expect([dottedDate(at), dottedTime(at)]).toEqual(["05.03.2026", "05.03.2026 00:30:05"]);
  });

  test("a day that is shown is read back as its first moment", () => {
    const range = { min: new Date("1970-01-02"), max: new Date("9999-12-30"), noInvalidDate: true };
    fc.assert(
      fc.property(fc.date(range), (date) => {
        const first = dayOf(dottedDate(date));
        expect(first).toEqual(dayOf(dateWithoutOffset(date)));
        expect(dateWithoutOffset(first!)).toBe(
          `${dateWithoutOffset(date).slice(0, 10)}T00:00:00.000`,
        );
      }),
    );
  });

  test.each(["30.02.2026", "2026-02-29", "1.3.2026", "2026/03/04", "", "2026-03-04x"])(
    "%j is no day",
    (value) => {
      expect(dayOf(value)).toBeUndefined();
    },
  );
});

describe("scalars", () => {
  test("a text takes its longest length and JSON numbers, and no half characters", () => {
    expect(text(5).parse("şşşşş")).toBe("şşşşş");
    expect(text(20).parse(42)).toBe("42");
    for (const bad of ["x".repeat(6), "\u0000", "\u001b", "\u009f", "\ud83d", "\ufffd", {}, null]) {
      expect(text(5).safeParse(bad).success).toBe(false);
    }
    expect(text(5).parse("😀\n\t")).toBe("😀\n\t");
  });

  test("of a card number words keep the mask, a BIN its digits, other texts are refused", () => {
    const [number, mask] = ["4355 0843 5508 4358", "435508******4358"];
    expect(freeText(30).parse(`kart ${number}`)).toBe(`kart ${mask}`);
    expect(freeText(30).parse(4355084355084358)).toBe(mask);
    expect(freeText(5).safeParse(number).error?.issues[0]?.message).toBe("too_long");
    expect(text(30).safeParse(number).error?.issues[0]?.message).toBe("card_number");
    expect(text(30).parse("4355084355084359")).toBe("4355084355084359");
    expect(rawText(30).parse(number)).toBe(number);
    expect([bin(24).parse("4355084355084358"), bin(24).parse("435508")]).toEqual([
      "43550843",
      "435508",
    ]);
    expect(JSON.stringify(hidden(30).parse(number))).toBe('"[hidden]"');
  });

  test("a whole number is read from both, with nothing behind its point, within its range", () => {
    expect([12, "12", " 12 ", "012", "12.0"].map((each) => whole(1, 12).parse(each))).toEqual([
      12, 12, 12, 12, 12,
    ]);
    for (const bad of [0, 13, "1.5", "1e1", "-1", "٣", true, "", "9".repeat(10)]) {
      expect(whole(1, 12).safeParse(bad).success).toBe(false);
    }
  });

  test("a flag is one of the forms that clients send and no other", () => {
    expect([true, "true", "True", "1", 1].every((each) => flag.parse(each))).toBe(true);
    expect([false, "false", "FALSE", "0", 0].some((each) => flag.parse(each))).toBe(false);
    for (const bad of ["yes", 2, -1, "t", {}]) expect(flag.safeParse(bad).success).toBe(false);
  });
});

describe("moments", () => {
  const at = (iso: string) => new Date(iso);
  test.each([
    ["2017-08-14T16:44:49.9405776+03:00", "2017-08-14T13:44:49.940Z"],
    ["2026-03-04T09:00:00+03:00", "2026-03-04T06:00:00Z"],
    ["2026-03-04T09:00:00Z", "2026-03-04T09:00:00Z"],
    ["2026-03-04T00:30:00-0130", "2026-03-04T02:00:00Z"],
    ["2026-03-04T09:00:00", "2026-03-04T06:00:00Z"],
    ["2026-03-04T09:00:00.5", "2026-03-04T06:00:00.500Z"],
    ["2026-03-04T09:00", "2026-03-04T06:00:00Z"],
    ["2026-03-04 09:00:00", "2026-03-04T06:00:00Z"],
    ["2026-03-04 09:00:00 +03:00", "2026-03-04T06:00:00Z"],
    ["2026-03-04", "2026-03-03T21:00:00Z"],
    ["03.10.2017 10:32:24", "2017-10-03T07:32:24Z"],
    ["04.03.2026 09:00", "2026-03-04T06:00:00Z"],
    ["04.03.2026", "2026-03-03T21:00:00Z"],
    [" 04.03.2026  09:00 ", "2026-03-04T06:00:00Z"],
    ["29.02.2028 23:59:59,999", "2028-02-29T20:59:59.999Z"],
  ])("%j is %s", (written, wanted) => {
    expect(momentOf(written)).toEqual(at(wanted));
    expect(moment.parse(written)).toEqual(at(wanted));
  });

  test.each([
    ["30.02.2026"],
    ["2026-02-30T09:00:00"],
    ["2026-02-30T09:00:00+03:00"],
    ["2027-02-29"],
    ["31.04.2026 09:00"],
    ["00.01.2026"],
    ["2026-13-01"],
    ["2026-03-04T24:00:00"],
    ["2026-03-04T09:60:00"],
    ["2026-03-04T09:00:60"],
    ["2026-03-04T09:00:00+15:00"],
    ["2026-03-04T09:00:00+3"],
    ["2026-03-04T9:00"],
    ["2026-03-04T"],
    ["2026-03-04+03:00"],
    ["4.3.2026"],
    ["03/04/2026"],
    ["20260304"],
    ["1772604000"],
    ["yarın"],
    ["\u0660\u0664.03.2026"],
  ])("%j is none", (written) => {
    expect(momentOf(written)).toBeUndefined();
    expect(moment.safeParse(written).error?.issues[0]?.message).toBe("not_a_date");
  });

  test("what the wire shows of a moment is read as the same moment", () => {
    const days = fc.date({ min: at("2000-01-01"), max: at("2199-12-31"), noInvalidDate: true });
    fc.assert(
      fc.property(days, (time) => {
        expect(momentOf(dateWithOffset(time))).toEqual(time);
        expect(momentOf(dateWithoutOffset(time))).toEqual(time);
        expect(momentOf(time.toISOString())).toEqual(time);
        const second = Math.floor(time.getTime() / 1_000) * 1_000;
        expect(momentOf(dottedTime(time))?.getTime()).toBe(second);
      }),
    );
  });
});

test("the only currency has two names", () => {
  for (const name of ["TRY", "TL", "tl"]) expect(onlyLira.safeParse(name).success).toBe(true);
  for (const name of ["USD", "T", "TRL"]) expect(onlyLira.safeParse(name).success).toBe(false);
});
