/**
 * Attributes of the script tag (documented, or seen in client pages) that the platform is told, and
 * the names that it knows them by. Everything else of the tag belongs to the page.
 */
const wireNames: Readonly<Record<string, string>> = {
  add_commission_amount: "add_commission",
  agent: "agent_id",
  card_type: "card_type",
  description: "description",
  image: "image",
  installments: "installments",
  invoice_no: "invoice_no",
  merge_option: "merge_option",
  name: "name",
  no_instalment: "no_instalment",
  payment_source: "payment_source",
  platform_id: "platform_id",
  pos_type: "pos_type",
  ratio_code: "ratio_code",
  ratio_code_method: "ratio_code_method",
  reference_no: "reference_no",
  return_url: "return_url",
  save_card: "save_card",
  save_card_desc: "card_desc",
  save_card_gsmno: "user_gsm_no",
  save_cardoid: "card_owner_id",
  save_carduid: "user_unique_id",
  show_tds_error: "show_tds_error",
  tds_required: "tds_required",
};

const typed = (text: string): string | boolean => {
  if (/^true$/i.test(text)) return true;
  return /^false$/i.test(text) ? false : text;
};

/** Of `data-*`, without that prefix: what `auth` is to be told, under the wire's names. */
export function wireMembers(
  data: Readonly<Record<string, string | undefined>>,
): Record<string, string | boolean> {
  const given = Object.entries(data).flatMap(([name, text]) => {
    const wireName = Object.hasOwn(wireNames, name) ? wireNames[name] : undefined;
    const value = text?.trim();
    return wireName && value ? [[wireName, typed(value)] as const] : [];
  });
  return Object.fromEntries(given);
}
