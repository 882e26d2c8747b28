import { readValueDate, setValueDate } from "../../../members/index.ts";
import { type Service, service } from "../deps.ts";
import { ok } from "../wire/envelope.ts";
import { members } from "../wire/members.ts";
import { termsAsked, termsMembers, theNumber, valueDateShown } from "./member.wire.ts";

const path = "/api/paywall/member/valuedate";
const pair = "paywall_public";

const SetInput = members({ MemberId: theNumber("member_id_missing"), ...termsMembers });

const set: Service<typeof SetInput> = {
  method: "POST",
  path,
  summary: "Set when a member is paid, and the platform's commission",
  pair,
  input: SetInput,
  async run({ members: room }, { caller }, input) {
    const asked = { member: input.MemberId, terms: termsAsked(input) };
    await setValueDate(room, caller.merchant, asked);
    return ok();
  },
};

const ReadInput = members({ memberid: theNumber("member_id_missing") });

const read: Service<typeof ReadInput> = {
  method: "GET",
  path,
  summary: "When a member is paid, and the platform's commission",
  pair,
  input: ReadInput,
  run: async ({ members: room }, { caller }, input) =>
    ok(valueDateShown(await readValueDate(room, caller.merchant, input.memberid))),
};

export const memberValueDateServices = [service(set), service(read)];
