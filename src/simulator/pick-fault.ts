import type { Desk } from "./desk.ts";
import { type Fault, type FaultFacts, pickRule, rulesAt } from "./faults.rules.ts";

/** The fault rule that hits here, if any; the counters of the rules that fit move with it. */
export function pickFault(
  desk: Desk,
  place: Parameters<typeof rulesAt>[1],
  facts: FaultFacts,
): Fault | undefined {
  const rules = rulesAt(desk.rules(), place);
  if (rules.length === 0) return undefined;
  const { fired, counted } = pickRule(rules, facts, desk.ids().chance);
  for (const rule of counted) desk.faults.countFault(rule.id);
  if (fired) desk.faults.hitFault(fired.id);
  if (counted.length > 0) desk.forgetRules();
  return fired && { action: fired.action, params: fired.params, ruleId: fired.id };
}
