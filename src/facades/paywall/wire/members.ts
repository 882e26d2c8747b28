import { z } from "zod";
import type { Wrong } from "./formats.ts";

const shapes = new WeakMap<z.ZodType, z.ZodRawShape>();

/** The members of a schema that `members` made, as the wire's documents spell them. */
export const shapeOf = (schema: z.ZodType): z.ZodRawShape | undefined => shapes.get(schema);

type Fold = Readonly<{ value: unknown } | { doubled: string }>;

/** An object under the names that the schema knows; members that it does not know fall away. */
function fold(value: unknown, known: ReadonlyMap<string, string>): Fold {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return { value };
  const folded: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    const own = known.get(name.toLowerCase());
    if (own === undefined || member === null || member === "") continue;
    if (Object.hasOwn(folded, own) && folded[own] !== member) return { doubled: own };
    folded[own] = member;
  }
  return { value: folded };
}

/**
 * The schema of an object of this wire. Its members are found whatever the case of their letters:
 * the official .NET client writes `merchantUniqueCode`, others `MerchantUniqueCode`. `aliases` are
 * other spellings, by the member they stand for. Null and an empty text are an absent member; one
 * that comes twice with two values is refused. `wrong` is said where there is no object at all.
 */
export function members<Shape extends z.ZodRawShape>(
  shape: Shape,
  aliases: Readonly<Record<string, string>> = {},
  wrong?: Wrong,
) {
  const names = Object.keys(shape);
  const known = new Map(names.map((name) => [name.toLowerCase(), name]));
  for (const [alias, name] of Object.entries(aliases)) known.set(alias.toLowerCase(), name);
  const schema = z.preprocess(
    (value, context) => {
      const folded = fold(value, known);
      if ("value" in folded) return folded.value;
      context.addIssue({ code: "custom", message: "doubled", path: [folded.doubled] });
      return z.NEVER;
    },
    z.object(shape, { error: ({ code }) => (code === "invalid_type" ? wrong : undefined) }),
  );
  shapes.set(schema, shape);
  return schema;
}
