export { changeMember } from "./change-member.ts";
export { createMember } from "./create-member.ts";
export { deleteMember } from "./delete-member.ts";
export type { MembersDeps } from "./deps.ts";
export { findMember, listMembers } from "./find-members.ts";
export { accountOf } from "./member-accounts.store.ts";
export {
  addAccount,
  changeAccount,
  listAccounts,
  removeAccount,
} from "./member-accounts.ts";
export { readValueDate, setValueDate } from "./member-value-date.ts";
export { livingMembers, readMembers } from "./members.store.ts";
export { valueDatesAt } from "./value-dates.store.ts";
export type { WholeMember } from "./whole-members.ts";
