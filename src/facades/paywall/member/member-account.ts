import { addAccount, changeAccount, listAccounts, removeAccount } from "../../../members/index.ts";
import { type Service, service } from "../deps.ts";
import { ok } from "../wire/envelope.ts";
import { members } from "../wire/members.ts";
import { accountAsked, accountMembers, accountShown, theNumber } from "./member.wire.ts";

const path = "/api/paywall/member/bankaccount";
const pair = "paywall_public";

const AddInput = members({ MemberId: theNumber("member_id_missing"), ...accountMembers });

const add: Service<typeof AddInput> = {
  method: "POST",
  path,
  summary: "Add a bank account to a member",
  pair,
  input: AddInput,
  async run({ members: room }, { caller }, input) {
    const asked = { member: input.MemberId, account: accountAsked(input) };
    await addAccount(room, caller.merchant, asked);
    return ok();
  },
};

const ChangeInput = members({ Id: theNumber("account_id_missing"), ...accountMembers });

const change: Service<typeof ChangeInput> = {
  method: "PUT",
  path,
  summary: "Change a bank account of a member",
  pair,
  input: ChangeInput,
  async run({ members: room }, { caller }, input) {
    const asked = { number: input.Id, account: accountAsked(input) };
    await changeAccount(room, caller.merchant, asked);
    return ok();
  },
};

const DeleteInput = members({ Id: theNumber("account_id_missing") });

const remove: Service<typeof DeleteInput> = {
  method: "DELETE",
  path,
  summary: "Delete a bank account of a member",
  pair,
  input: DeleteInput,
  async run({ members: room }, { caller }, input) {
    await removeAccount(room, caller.merchant, input.Id);
    return ok();
  },
};

const ListInput = members({ memberid: theNumber("member_id_missing") });

const list: Service<typeof ListInput> = {
  method: "GET",
  path,
  summary: "List the bank accounts of a member",
  pair,
  input: ListInput,
  run: async ({ members: room }, { caller }, input) =>
    ok((await listAccounts(room, caller.merchant, input.memberid)).map(accountShown)),
};

export const memberAccountServices = [
  service(add),
  service(change),
  service(remove),
  service(list),
];
