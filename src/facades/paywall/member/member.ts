import { z } from "zod";
import type { InputProblem } from "../../../lib/refusal.ts";
import {
  changeMember,
  createMember,
  deleteMember,
  findMember,
  listMembers,
} from "../../../members/index.ts";
import { type Service, service } from "../deps.ts";
import { ok } from "../wire/envelope.ts";
import { whole } from "../wire/formats.ts";
import { members } from "../wire/members.ts";
import {
  accountAsked,
  accountMembers,
  externalId,
  maybeNumber,
  memberAsked,
  memberMembers,
  memberShown,
  termsAsked,
  termsMembers,
  theNumber,
} from "./member.wire.ts";

const path = "/api/paywall/member";
const pair = "paywall_public";

const CreateInput = members({
  ...memberMembers,
  BankAccounts: z
    .array(members(accountMembers), { error: "malformed" satisfies InputProblem })
    .default([]),
  ValueDate: members(termsMembers).optional(),
});

const create: Service<typeof CreateInput> = {
  method: "POST",
  path,
  summary: "Create a member",
  pair,
  input: CreateInput,
  async run({ members: room }, { caller }, input) {
    const whole = await createMember(room, caller.merchant, {
      facts: memberAsked(input),
      accounts: input.BankAccounts.map(accountAsked),
      terms: input.ValueDate && termsAsked(input.ValueDate),
      mayShareIdentity: input.SkipIdentityExistCheck,
    });
    return ok(memberShown(whole));
  },
};

const ChangeInput = members({ Id: theNumber("member_id_missing"), ...memberMembers });

const change: Service<typeof ChangeInput> = {
  method: "PUT",
  path,
  summary: "Change a member",
  pair,
  input: ChangeInput,
  async run({ members: room }, { caller }, input) {
    const whole = await changeMember(room, caller.merchant, {
      number: input.Id,
      facts: memberAsked(input),
      mayShareIdentity: input.SkipIdentityExistCheck,
    });
    return ok(memberShown(whole));
  },
};

/** The id by which the marketplace itself knows a member, where it is said. */
const externalIdOf = (text: string): string | undefined => (text === "" ? undefined : text);

const DeleteInput = members({ Id: maybeNumber, MemberExternalId: externalId });

const remove: Service<typeof DeleteInput> = {
  method: "DELETE",
  path,
  summary: "Delete a member",
  pair,
  input: DeleteInput,
  async run({ members: room }, { caller }, input) {
    const name = { number: input.Id, externalId: externalIdOf(input.MemberExternalId) };
    await deleteMember(room, caller.merchant, name);
    return ok();
  },
};

const PAGE = 10;
const ListInput = members({ start: whole().default(0), length: whole().default(PAGE) });

const list: Service<typeof ListInput> = {
  method: "GET",
  path,
  summary: "List members",
  pair,
  input: ListInput,
  run: async ({ members: room }, { caller }, page) =>
    ok((await listMembers(room, caller.merchant, page)).map(memberShown)),
};

const FindInput = members({ memberid: maybeNumber, memberexternalid: externalId });

const find: Service<typeof FindInput> = {
  method: "GET",
  path: `${path}/search`,
  summary: "Find a member",
  pair,
  input: FindInput,
  async run({ members: room }, { caller }, input) {
    const name = { number: input.memberid, externalId: externalIdOf(input.memberexternalid) };
    return ok(memberShown(await findMember(room, caller.merchant, name)));
  },
};

export const memberServices = [
  service(create),
  service(change),
  service(remove),
  service(list),
  service(find),
];
