import { z } from "zod";
import { quirks } from "./return.rules.ts";
import { type Act, acts, mdStatuses } from "./threeds.rules.ts";
import type { Wish } from "./threeds.ts";

const LONGEST_CODE = 40;
const code = z.string().max(LONGEST_CODE);
const mdStatus = z.coerce.string().pipe(z.enum(mdStatuses));
const issuerCode = z.string().regex(/^(?!00)[0-9A-Z]{2}$/);
const emptyAsAbsent = <T extends z.ZodType>(schema: T) =>
  z.union([z.literal("").transform(() => undefined), schema]).optional();

/** The page's form. `approve_right` is the button that knows the code. */
const ActForm = z.object({
  do: z.enum([...acts, "approve_right"]),
  code: code.default(""),
  mdStatus: emptyAsAbsent(mdStatus),
  issuerCode: emptyAsAbsent(issuerCode),
  option: z.array(z.enum(quirks)),
  lang: z.enum(["tr", "en"]).optional(),
});

/** What a program says in the holder's place. Without `otp` the code is taken to be right. */
const ResolveBody = z.strictObject({
  result: z.enum(["approve", "reject", "cancel", "timeout", "leave", "close", "mdStatus"]),
  mdStatus: mdStatus.optional(),
  otp: code.optional(),
  issuerCode: issuerCode.optional(),
  options: z.array(z.enum(quirks)).default([]),
});

export type Asked = Readonly<{ act: Act; wish: Wish; lang: "tr" | "en" | undefined }>;

/** Reads the page's form. Throws `ZodError`. */
export function askedByForm(form: readonly (readonly [string, string])[]): Asked {
  const option = form.filter(([name]) => name === "option").map(([, value]) => value);
  const asked = ActForm.parse({ ...Object.fromEntries(form), option });
  const isRight = asked.do === "approve_right";
  return {
    act: {
      do: asked.do === "approve_right" ? "approve" : asked.do,
      code: isRight ? undefined : asked.code,
      mdStatus: asked.mdStatus,
    },
    wish: { quirks: asked.option, issuerCode: asked.issuerCode },
    lang: asked.lang,
  };
}

/** Reads a program's JSON. Throws `ZodError` and `SyntaxError`. */
export function askedByProgram(text: string): Asked {
  const {
    result,
    mdStatus: wanted,
    otp,
    issuerCode: forced,
    options,
  } = ResolveBody.parse(JSON.parse(text));
  const isApproval = result === "approve" || result === "mdStatus";
  return {
    act: {
      do: result === "timeout" ? "expire" : isApproval ? "approve" : result,
      code: otp,
      mdStatus: wanted,
    },
    wish: { quirks: options, issuerCode: forced },
    lang: undefined,
  };
}
